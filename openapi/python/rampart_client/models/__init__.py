"""Contains all the data models used in inputs/outputs"""

from .action import Action
from .anchor import Anchor
from .approval import Approval
from .approval_answers_item import ApprovalAnswersItem
from .approval_effects_item import ApprovalEffectsItem
from .approval_params import ApprovalParams
from .approval_parts_item import ApprovalPartsItem
from .approval_request import ApprovalRequest
from .approval_request_params import ApprovalRequestParams
from .approval_stats import ApprovalStats
from .approval_stats_rules_item import ApprovalStatsRulesItem
from .approval_status import ApprovalStatus
from .approvals import Approvals
from .audit_event import AuditEvent
from .audit_event_decision import AuditEventDecision
from .audit_event_kind import AuditEventKind
from .audit_event_mode import AuditEventMode
from .audit_event_via import AuditEventVia
from .audit_events import AuditEvents
from .beat_node_response_200 import BeatNodeResponse200
from .bulk_resolve_request import BulkResolveRequest
from .bulk_results import BulkResults
from .bulk_results_results_item import BulkResultsResultsItem
from .bundle_health import BundleHealth
from .call_request import CallRequest
from .call_request_execution import CallRequestExecution
from .call_request_params import CallRequestParams
from .call_request_roles import CallRequestRoles
from .created_rules import CreatedRules
from .decision import Decision
from .effect import Effect
from .effect_tool import EffectTool
from .ended import Ended
from .enroll_node_body import EnrollNodeBody
from .enroll_node_response_201 import EnrollNodeResponse201
from .execution import Execution
from .execution_content import ExecutionContent
from .execution_http import ExecutionHttp
from .execution_line import ExecutionLine
from .execution_line_bytes import ExecutionLineBytes
from .execution_stderr import ExecutionStderr
from .execution_stdout import ExecutionStdout
from .explain_request import ExplainRequest
from .explain_request_params import ExplainRequestParams
from .explanation import Explanation
from .export_trail_format import ExportTrailFormat
from .export_trail_kind import ExportTrailKind
from .fault import Fault
from .finding import Finding
from .finding_kind import FindingKind
from .get_openapi_response_200 import GetOpenapiResponse200
from .given_up_bundle import GivenUpBundle
from .health import Health
from .health_mode import HealthMode
from .health_status import HealthStatus
from .list_approvals_status import ListApprovalsStatus
from .list_events_kind import ListEventsKind
from .list_events_order import ListEventsOrder
from .list_nodes_response_200 import ListNodesResponse200
from .list_nodes_response_200_nodes_item import ListNodesResponse200NodesItem
from .list_nodes_response_200_nodes_item_labels import (
    ListNodesResponse200NodesItemLabels,
)
from .liveness import Liveness
from .login import Login
from .login_request import LoginRequest
from .login_state import LoginState
from .logout_request import LogoutRequest
from .notify_destination import NotifyDestination
from .notify_destination_state import NotifyDestinationState
from .own_rule import OwnRule
from .own_rules import OwnRules
from .policies import Policies
from .policy import Policy
from .policy_finding import PolicyFinding
from .policy_findings import PolicyFindings
from .policy_health import PolicyHealth
from .policy_layer import PolicyLayer
from .policy_rules_item import PolicyRulesItem
from .problem import Problem
from .problem_code import ProblemCode
from .problem_errors_item import ProblemErrorsItem
from .proof import Proof
from .readiness import Readiness
from .reload_request import ReloadRequest
from .removed_rules import RemovedRules
from .resolve_request import ResolveRequest
from .rule_choice import RuleChoice
from .rule_choice_admits_item import RuleChoiceAdmitsItem
from .rule_choice_matched import RuleChoiceMatched
from .rule_choice_matched_examples_item import RuleChoiceMatchedExamplesItem
from .rule_choices import RuleChoices
from .rule_request import RuleRequest
from .sessions import Sessions
from .sessions_sessions_item import SessionsSessionsItem
from .ship_events_response_200 import ShipEventsResponse200
from .sink import Sink
from .status import Status
from .status_audit import StatusAudit
from .status_failure import StatusFailure
from .status_flagged_sessions_item import StatusFlaggedSessionsItem
from .status_level import StatusLevel
from .status_mode import StatusMode
from .status_status import StatusStatus
from .step_up_code import StepUpCode
from .step_up_request import StepUpRequest
from .stepped_up import SteppedUp
from .stream_event import StreamEvent
from .stream_events_kind import StreamEventsKind
from .subject import Subject
from .trace_line import TraceLine
from .trail_sessions import TrailSessions
from .trail_sessions_sessions_item import TrailSessionsSessionsItem
from .trail_stats import TrailStats
from .trail_stats_by_kind_item import TrailStatsByKindItem
from .trail_stats_decisions import TrailStatsDecisions
from .trail_stats_decisions_by_action_item import TrailStatsDecisionsByActionItem
from .trail_stats_decisions_by_agent_item import TrailStatsDecisionsByAgentItem
from .trail_stats_decisions_by_hour_item import TrailStatsDecisionsByHourItem
from .trail_stats_decisions_by_policy_item import TrailStatsDecisionsByPolicyItem
from .trail_stats_decisions_by_rule_item import TrailStatsDecisionsByRuleItem
from .trail_stats_decisions_by_tool_item import TrailStatsDecisionsByToolItem
from .trail_stats_decisions_unlisted import TrailStatsDecisionsUnlisted
from .trail_stats_latency import TrailStatsLatency
from .verified import Verified
from .verified_anchors import VerifiedAnchors
from .verified_head import VerifiedHead

__all__ = (
    "Action",
    "Anchor",
    "Approval",
    "ApprovalAnswersItem",
    "ApprovalEffectsItem",
    "ApprovalParams",
    "ApprovalPartsItem",
    "ApprovalRequest",
    "ApprovalRequestParams",
    "ApprovalStats",
    "ApprovalStatsRulesItem",
    "ApprovalStatus",
    "Approvals",
    "AuditEvent",
    "AuditEventDecision",
    "AuditEventKind",
    "AuditEventMode",
    "AuditEventVia",
    "AuditEvents",
    "BeatNodeResponse200",
    "BulkResolveRequest",
    "BulkResults",
    "BulkResultsResultsItem",
    "BundleHealth",
    "CallRequest",
    "CallRequestExecution",
    "CallRequestParams",
    "CallRequestRoles",
    "CreatedRules",
    "Decision",
    "Effect",
    "EffectTool",
    "Ended",
    "EnrollNodeBody",
    "EnrollNodeResponse201",
    "Execution",
    "ExecutionContent",
    "ExecutionHttp",
    "ExecutionLine",
    "ExecutionLineBytes",
    "ExecutionStderr",
    "ExecutionStdout",
    "ExplainRequest",
    "ExplainRequestParams",
    "Explanation",
    "ExportTrailFormat",
    "ExportTrailKind",
    "Fault",
    "Finding",
    "FindingKind",
    "GetOpenapiResponse200",
    "GivenUpBundle",
    "Health",
    "HealthMode",
    "HealthStatus",
    "ListApprovalsStatus",
    "ListEventsKind",
    "ListEventsOrder",
    "ListNodesResponse200",
    "ListNodesResponse200NodesItem",
    "ListNodesResponse200NodesItemLabels",
    "Liveness",
    "Login",
    "LoginRequest",
    "LoginState",
    "LogoutRequest",
    "NotifyDestination",
    "NotifyDestinationState",
    "OwnRule",
    "OwnRules",
    "Policies",
    "Policy",
    "PolicyFinding",
    "PolicyFindings",
    "PolicyHealth",
    "PolicyLayer",
    "PolicyRulesItem",
    "Problem",
    "ProblemCode",
    "ProblemErrorsItem",
    "Proof",
    "Readiness",
    "ReloadRequest",
    "RemovedRules",
    "ResolveRequest",
    "RuleChoice",
    "RuleChoiceAdmitsItem",
    "RuleChoiceMatched",
    "RuleChoiceMatchedExamplesItem",
    "RuleChoices",
    "RuleRequest",
    "Sessions",
    "SessionsSessionsItem",
    "ShipEventsResponse200",
    "Sink",
    "Status",
    "StatusAudit",
    "StatusFailure",
    "StatusFlaggedSessionsItem",
    "StatusLevel",
    "StatusMode",
    "StatusStatus",
    "StepUpCode",
    "StepUpRequest",
    "SteppedUp",
    "StreamEvent",
    "StreamEventsKind",
    "Subject",
    "TraceLine",
    "TrailSessions",
    "TrailSessionsSessionsItem",
    "TrailStats",
    "TrailStatsByKindItem",
    "TrailStatsDecisions",
    "TrailStatsDecisionsByActionItem",
    "TrailStatsDecisionsByAgentItem",
    "TrailStatsDecisionsByHourItem",
    "TrailStatsDecisionsByPolicyItem",
    "TrailStatsDecisionsByRuleItem",
    "TrailStatsDecisionsByToolItem",
    "TrailStatsDecisionsUnlisted",
    "TrailStatsLatency",
    "Verified",
    "VerifiedAnchors",
    "VerifiedHead",
)
