// Written by scripts/answers.ts.
/** What the examples are answered with, as JSON. */
export const ANSWERS = `{
 "getHealth.ok": {
  "status": "ok",
  "service": "rampart",
  "version": "0.0.0-test",
  "mode": "enforce",
  "uptime_seconds": 42,
  "policy": {
   "hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
   "loaded_at": "2027-01-15T08:00:00.000Z",
   "files": [
    "test.yaml"
   ],
   "policies": 3,
   "faults": []
  },
  "bundle": null
 },
 "getLiveness.ok": {
  "status": "ok"
 },
 "getReadiness.ready": {
  "ready": true,
  "reasons": []
 },
 "callTool.allowed": {
  "allowed": true,
  "decision": "allow",
  "message": "No rule objects",
  "policy": null,
  "rule": null,
  "matched_policies": [],
  "effects": [],
  "effects_complete": true,
  "eval_duration_us": 42,
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "enforced": true
 },
 "callTool.denied": {
  "allowed": false,
  "decision": "deny",
  "message": "Destructive command blocked",
  "policy": "block-destructive",
  "rule": "block-destructive/1",
  "matched_policies": [
   "block-destructive"
  ],
  "effects": [
   {
    "tool": "delete",
    "path": "/",
    "by": "rm",
    "action": "allow",
    "policy": null
   }
  ],
  "effects_complete": true,
  "eval_duration_us": 42,
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "enforced": true
 },
 "callTool.asked": {
  "allowed": false,
  "decision": "require_approval",
  "message": "A person looks at releases (a person is asked, until 2027-01-15T08:05:06.000Z)",
  "policy": "releases",
  "rule": "releases/1",
  "matched_policies": [
   "releases"
  ],
  "effects": [],
  "effects_complete": false,
  "eval_duration_us": 42,
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "enforced": true,
  "approval_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "approval_status": "pending",
  "expires_at": "2027-01-15T08:00:00.000Z"
 },
 "preflightTool.dry_run": {
  "allowed": false,
  "decision": "deny",
  "message": "Secrets stay where they are",
  "policy": "secrets",
  "rule": "secrets/1",
  "matched_policies": [
   "secrets"
  ],
  "effects": [
   {
    "tool": "read",
    "path": "/w/secret/key.pem",
    "by": "read",
    "action": "deny",
    "policy": "secrets"
   }
  ],
  "effects_complete": true,
  "eval_duration_us": 42,
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "enforced": false
 },
 "preflightTool.enforced": {
  "allowed": false,
  "decision": "require_approval",
  "message": "A person looks at releases (a person is asked, until 2027-01-15T08:05:08.000Z)",
  "policy": "releases",
  "rule": "releases/1",
  "matched_policies": [
   "releases"
  ],
  "effects": [],
  "effects_complete": false,
  "eval_duration_us": 42,
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "enforced": true,
  "approval_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "approval_status": "pending",
  "expires_at": "2027-01-15T08:00:00.000Z"
 },
 "answerHook.denied": {
  "hookSpecificOutput": {
   "hookEventName": "PreToolUse",
   "permissionDecision": "deny",
   "permissionDecisionReason": "Rampart blocked this Bash call: Destructive command blocked. [block-destructive/1] It did not run. Do not retry it or reach the same effect another way. Go on with what is allowed, or tell the user what you need and why."
  }
 },
 "listApprovals.pending": {
  "approvals": [
   {
    "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "status": "pending",
    "principal": "admin",
    "agent": "builder",
    "session": "monday",
    "run_id": null,
    "tool_call_id": "call-17",
    "tool": "exec",
    "params": {
     "command": "deploy --to staging"
    },
    "cwd": null,
    "policy": "releases",
    "rule": "releases/1",
    "message": "A person looks at releases",
    "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "created_at": "2027-01-15T08:00:00.000Z",
    "expires_at": "2027-01-15T08:00:00.000Z",
    "resolved_at": null,
    "resolved_by": null,
    "resolved_name": null,
    "code": "123456",
    "parts": [
     {
      "kind": "part",
      "text": "deploy --to staging",
      "action": "require_approval"
     }
    ],
    "effects": [],
    "effects_complete": false,
    "approvers": 1,
    "answers": [],
    "channel": null,
    "scope": null,
    "reason": null,
    "waiters": 0,
    "timeout_ms": 300000
   },
   {
    "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "status": "pending",
    "principal": "admin",
    "agent": "builder",
    "session": "monday",
    "run_id": null,
    "tool_call_id": null,
    "tool": "exec",
    "params": {
     "command": "deploy --to production"
    },
    "cwd": null,
    "policy": "releases",
    "rule": "releases/1",
    "message": "A person looks at releases",
    "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "created_at": "2027-01-15T08:00:00.000Z",
    "expires_at": "2027-01-15T08:00:00.000Z",
    "resolved_at": null,
    "resolved_by": null,
    "resolved_name": null,
    "code": "123456",
    "parts": [
     {
      "kind": "part",
      "text": "deploy --to production",
      "action": "require_approval"
     }
    ],
    "effects": [],
    "effects_complete": false,
    "approvers": 1,
    "answers": [],
    "channel": null,
    "scope": null,
    "reason": null,
    "waiters": 0,
    "timeout_ms": 300000
   }
  ],
  "next": null
 },
 "approvalStats.week": {
  "since": "2027-01-15T08:00:00.000Z",
  "asked": 2,
  "answered": 0,
  "asks_per_hour": 2,
  "median_answer_ms": null,
  "rules": [
   {
    "policy": "releases",
    "rule": "releases/1",
    "asked": 2,
    "approved": 0,
    "denied": 0,
    "expired": 0,
    "share_approved": null,
    "hint": null
   }
  ]
 },
 "getApproval.one": {
  "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "status": "pending",
  "principal": "admin",
  "agent": "a",
  "session": "s",
  "run_id": null,
  "tool_call_id": null,
  "tool": "exec",
  "params": {
   "command": "deploy build-1"
  },
  "cwd": null,
  "policy": "releases",
  "rule": "releases/1",
  "message": "A person looks at releases",
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "created_at": "2027-01-15T08:00:00.000Z",
  "expires_at": "2027-01-15T08:00:00.000Z",
  "resolved_at": null,
  "resolved_by": null,
  "resolved_name": null,
  "code": "123456",
  "parts": [
   {
    "kind": "part",
    "text": "deploy build-1",
    "action": "require_approval"
   }
  ],
  "effects": [],
  "effects_complete": false,
  "approvers": 1,
  "answers": [],
  "channel": null,
  "scope": null,
  "reason": null,
  "waiters": 0,
  "timeout_ms": 300000
 },
 "createApproval.question": {
  "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "status": "pending",
  "principal": "admin",
  "agent": "builder",
  "session": "monday",
  "run_id": null,
  "tool_call_id": null,
  "tool": "exec",
  "params": {
   "command": "terraform apply"
  },
  "cwd": null,
  "policy": null,
  "rule": null,
  "message": "Apply the plan?",
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "created_at": "2027-01-15T08:00:00.000Z",
  "expires_at": "2027-01-15T08:00:00.000Z",
  "resolved_at": null,
  "resolved_by": null,
  "resolved_name": null,
  "code": "123456",
  "parts": [
   {
    "kind": "part",
    "text": "terraform apply"
   }
  ],
  "effects": [],
  "effects_complete": false,
  "approvers": 1,
  "answers": [],
  "channel": null,
  "scope": null,
  "reason": null,
  "waiters": 0,
  "timeout_ms": 300000
 },
 "resolveApproval.yes": {
  "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "status": "approved",
  "principal": "admin",
  "agent": "a",
  "session": "s",
  "run_id": null,
  "tool_call_id": null,
  "tool": "exec",
  "params": {
   "command": "deploy build-2"
  },
  "cwd": null,
  "policy": "releases",
  "rule": "releases/1",
  "message": "A person looks at releases",
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "created_at": "2027-01-15T08:00:00.000Z",
  "expires_at": "2027-01-15T08:00:00.000Z",
  "resolved_at": "2027-01-15T08:00:00.000Z",
  "resolved_by": "admin",
  "resolved_name": "Ann",
  "code": "123456",
  "parts": [
   {
    "kind": "part",
    "text": "deploy build-2",
    "action": "require_approval"
   }
  ],
  "effects": [],
  "effects_complete": false,
  "approvers": 1,
  "answers": [
   {
    "principal": "admin",
    "name": "Ann",
    "channel": "http",
    "approved": true,
    "at": "2027-01-15T08:00:00.000Z"
   }
  ],
  "channel": "http",
  "scope": "once",
  "reason": null,
  "waiters": 0,
  "timeout_ms": 300000
 },
 "withdrawApproval.own": {
  "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "status": "cancelled",
  "principal": "admin",
  "agent": "a",
  "session": "s",
  "run_id": null,
  "tool_call_id": null,
  "tool": "exec",
  "params": {
   "command": "deploy build-3"
  },
  "cwd": null,
  "policy": "releases",
  "rule": "releases/1",
  "message": "A person looks at releases",
  "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
  "created_at": "2027-01-15T08:00:00.000Z",
  "expires_at": "2027-01-15T08:00:00.000Z",
  "resolved_at": "2027-01-15T08:00:00.000Z",
  "resolved_by": null,
  "resolved_name": null,
  "code": "123456",
  "parts": [
   {
    "kind": "part",
    "text": "deploy build-3",
    "action": "require_approval"
   }
  ],
  "effects": [],
  "effects_complete": false,
  "approvers": 1,
  "answers": [],
  "channel": null,
  "scope": null,
  "reason": null,
  "waiters": 0,
  "timeout_ms": 300000
 },
 "bulkResolveApprovals.no": {
  "results": [
   {
    "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "status": "denied",
    "error": null
   }
  ]
 },
 "approvalChoices.choices": {
  "choices": [
   {
    "generalisation": "exact",
    "text": "deploy build-5",
    "available": true,
    "refused": null,
    "matched": {
     "of": 11,
     "count": 1,
     "examples": [
      {
       "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
       "text": "deploy build-5",
       "action": "require_approval"
      }
     ]
    },
    "admits": []
   },
   {
    "generalisation": "flags",
    "text": "deploy build-5 without options, whatever its operands",
    "available": true,
    "refused": null,
    "matched": {
     "of": 11,
     "count": 1,
     "examples": [
      {
       "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
       "text": "deploy build-5",
       "action": "require_approval"
      }
     ]
    },
    "admits": []
   },
   {
    "generalisation": "program",
    "text": "every command of deploy",
    "available": true,
    "refused": null,
    "matched": {
     "of": 11,
     "count": 7,
     "examples": [
      {
       "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
       "text": "deploy build-5",
       "action": "require_approval"
      },
      {
       "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
       "text": "deploy build-4",
       "action": "require_approval"
      },
      {
       "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
       "text": "deploy build-3",
       "action": "require_approval"
      },
      {
       "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
       "text": "deploy build-2",
       "action": "require_approval"
      },
      {
       "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
       "text": "deploy build-1",
       "action": "require_approval"
      }
     ]
    },
    "admits": []
   }
  ]
 },
 "listEvents.denied": {
  "events": [
   {
    "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "time": "2027-01-15T08:00:00.000Z",
    "kind": "decision",
    "agent": "claude-code",
    "session": "monday",
    "tool": "exec",
    "request": {
     "params": {
      "command": "rm -rf /"
     },
     "cwd": "/w"
    },
    "decision": {
     "action": "deny",
     "policy": "block-destructive",
     "rule": "block-destructive/1",
     "message": "Destructive command blocked",
     "effects": [
      {
       "tool": "delete",
       "path": "/",
       "by": "rm",
       "action": "allow",
       "policy": null
      }
     ],
     "eval_us": 42
    },
    "enforced": true,
    "mode": "enforce",
    "via": "hook",
    "principal": "admin",
    "schema": "rampart.audit.v2",
    "seq": 6,
    "prev_hash": "",
    "hash": ""
   },
   {
    "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "time": "2027-01-15T08:00:00.000Z",
    "kind": "decision",
    "agent": "builder",
    "session": "monday",
    "tool": "read",
    "request": {
     "params": {
      "path": "/w/secret/key.pem"
     }
    },
    "decision": {
     "action": "deny",
     "policy": "secrets",
     "rule": "secrets/1",
     "message": "Secrets stay where they are",
     "effects": [
      {
       "tool": "read",
       "path": "/w/secret/key.pem",
       "by": "read",
       "action": "deny",
       "policy": "secrets"
      }
     ],
     "eval_us": 42
    },
    "enforced": false,
    "mode": "enforce",
    "via": "http",
    "principal": "admin",
    "schema": "rampart.audit.v2",
    "seq": 4,
    "prev_hash": "",
    "hash": ""
   }
  ],
  "next": 4
 },
 "getStats.day": {
  "since": "2027-01-15T08:00:00.000Z",
  "until": null,
  "events": 15,
  "by_kind": [
   {
    "name": "decision",
    "count": 11
   },
   {
    "name": "approval",
    "count": 4
   }
  ],
  "decisions": {
   "total": 11,
   "enforced": 10,
   "by_action": [
    {
     "name": "require_approval",
     "count": 7
    },
    {
     "name": "deny",
     "count": 3
    },
    {
     "name": "allow",
     "count": 1
    }
   ],
   "by_policy": [
    {
     "name": "releases",
     "count": 7,
     "denied": 0,
     "asked": 7
    },
    {
     "name": "block-destructive",
     "count": 2,
     "denied": 2,
     "asked": 0
    },
    {
     "name": "secrets",
     "count": 1,
     "denied": 1,
     "asked": 0
    }
   ],
   "by_rule": [
    {
     "name": "releases/1",
     "count": 7,
     "denied": 0,
     "asked": 7
    },
    {
     "name": "block-destructive/1",
     "count": 2,
     "denied": 2,
     "asked": 0
    },
    {
     "name": "secrets/1",
     "count": 1,
     "denied": 1,
     "asked": 0
    }
   ],
   "by_tool": [
    {
     "name": "exec",
     "count": 10,
     "denied": 2,
     "asked": 7
    },
    {
     "name": "read",
     "count": 1,
     "denied": 1,
     "asked": 0
    }
   ],
   "by_agent": [
    {
     "name": "a",
     "count": 5,
     "denied": 0,
     "asked": 5
    },
    {
     "name": "builder",
     "count": 5,
     "denied": 2,
     "asked": 2
    },
    {
     "name": "claude-code",
     "count": 1,
     "denied": 1,
     "asked": 0
    }
   ],
   "by_hour": [
    {
     "hour": "2027-01-15T08:00:00.000Z",
     "count": 11,
     "denied": 3,
     "asked": 7
    }
   ],
   "unlisted": {
    "policies": 0,
    "rules": 0,
    "tools": 0,
    "agents": 0,
    "hours": 0
   }
  },
  "latency": {
   "count": 11,
   "p50_us": 1,
   "p99_us": 1
  }
 },
 "getSessions.all": {
  "sessions": [
   {
    "agent": "a",
    "session": "s",
    "calls": 5,
    "denied": 0,
    "asked": 5,
    "last": "2027-01-15T08:00:00.000Z"
   },
   {
    "agent": "claude-code",
    "session": "monday",
    "calls": 1,
    "denied": 1,
    "asked": 0,
    "last": "2027-01-15T08:00:00.000Z"
   },
   {
    "agent": "builder",
    "session": "monday",
    "calls": 5,
    "denied": 2,
    "asked": 2,
    "last": "2027-01-15T08:00:00.000Z"
   }
  ],
  "unlisted": 0
 },
 "exportTrail.jsonl": "{\\"agent\\":\\"a\\",\\"decision\\":{\\"action\\":\\"allow\\",\\"eval_us\\":5},\\"enforced\\":true,\\"hash\\":\\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\\",\\"id\\":\\"01K9ZC3Y6W8T4M2R5V7N1QXBDE\\",\\"kind\\":\\"decision\\",\\"mode\\":\\"enforce\\",\\"prev_hash\\":\\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\\",\\"principal\\":\\"admin\\",\\"request\\":{\\"params\\":{\\"command\\":\\"git status\\"}},\\"schema\\":\\"rampart.audit.v2\\",\\"seq\\":1,\\"session\\":\\"s\\",\\"time\\":\\"2026-11-24T12:00:00.000Z\\",\\"tool\\":\\"exec\\",\\"via\\":\\"http\\"}\\n",
 "exportTrail.csv": "seq,time,id,kind,action,enforced,mode,agent,session,run_id,tool_call_id,tool,subject,policy,rule,message,eval_us,via,principal,request,hash\\r\\n1,2026-11-24T12:00:00.000Z,01K9ZC3Y6W8T4M2R5V7N1QXBDE,decision,allow,true,enforce,a,s,,,exec,git status,,,,5,http,admin,\\"{\\"\\"params\\"\\":{\\"\\"command\\"\\":\\"\\"git status\\"\\"}}\\",sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\\r\\n",
 "verifyTrail.verify": {
  "events": 1,
  "head": {
   "seq": 1,
   "hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  },
  "findings": [],
  "root": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "anchors": {
   "count": 1,
   "last_seq": 1,
   "key_ids": [
    "bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg=="
   ]
  },
  "duration_ms": 42
 },
 "getCheckpoint.last": {
  "checkpoint": "rampart.local/trail/29e92075a1b2c3d4\\n1\\nbGlrZSB0aGlzLCBvbmx5IGxvbmdlcg==\\n\\n— rampart.local/trail/29e92075a1b2c3d4 bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg==\\n",
  "file": "2026-11-24.jsonl",
  "hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "key_id": "bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg==",
  "root": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "schema": "rampart.anchor.v1",
  "seq": 1,
  "signature": "bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg==",
  "time": "2027-01-15T08:00:00.000Z"
 },
 "proveEvent.one": {
  "schema": "rampart.proof.v1",
  "event": "{\\"agent\\":\\"a\\",\\"decision\\":{\\"action\\":\\"allow\\",\\"eval_us\\":5},\\"enforced\\":true,\\"hash\\":\\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\\",\\"id\\":\\"01K9ZC3Y6W8T4M2R5V7N1QXBDE\\",\\"kind\\":\\"decision\\",\\"mode\\":\\"enforce\\",\\"prev_hash\\":\\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\\",\\"principal\\":\\"admin\\",\\"request\\":{\\"params\\":{\\"command\\":\\"git status\\"}},\\"schema\\":\\"rampart.audit.v2\\",\\"seq\\":1,\\"session\\":\\"s\\",\\"time\\":\\"2026-11-24T12:00:00.000Z\\",\\"tool\\":\\"exec\\",\\"via\\":\\"http\\"}",
  "index": 0,
  "size": 1,
  "hashes": [],
  "checkpoint": "rampart.local/trail/29e92075a1b2c3d4\\n1\\nbGlrZSB0aGlzLCBvbmx5IGxvbmdlcg==\\n\\n— rampart.local/trail/29e92075a1b2c3d4 bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg==\\n",
  "public_key": "bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg=="
 },
 "streamEvents.from_start": {
  "retry": 2000,
  "id": "0",
  "event": "hello",
  "data": "{\\"seq\\":1,\\"version\\":\\"0.0.0-test\\",\\"mode\\":\\"enforce\\"}"
 },
 "listPolicies.all": {
  "hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "policies": [
   {
    "name": "block-destructive",
    "layer": "user",
    "file": "test.yaml",
    "priority": 100,
    "enabled": true,
    "description": "",
    "rules": [
     {
      "key": "block-destructive/1",
      "action": "deny",
      "message": "Destructive command blocked",
      "when": {
       "command_matches": [
        "rm -rf *"
       ]
      }
     }
    ]
   },
   {
    "name": "releases",
    "layer": "user",
    "file": "test.yaml",
    "priority": 100,
    "enabled": true,
    "description": "",
    "rules": [
     {
      "key": "releases/1",
      "action": "require_approval",
      "message": "A person looks at releases",
      "when": {
       "command_matches": [
        "deploy*"
       ]
      }
     }
    ]
   },
   {
    "name": "secrets",
    "layer": "user",
    "file": "test.yaml",
    "priority": 100,
    "enabled": true,
    "description": "",
    "rules": [
     {
      "key": "secrets/1",
      "action": "deny",
      "message": "Secrets stay where they are",
      "when": {
       "path_matches": [
        "/w/secret/**"
       ]
      }
     }
    ]
   }
  ]
 },
 "lintPolicies.findings": {
  "findings": []
 },
 "reloadPolicies.now": {
  "hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  "loaded_at": "2027-01-15T08:00:00.000Z",
  "files": [
   "test.yaml"
  ],
  "policies": 3,
  "faults": []
 },
 "listRules.all": {
  "rules": [
   {
    "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "action": "block",
    "scope": "run",
    "tool": "exec",
    "generalisation": "exact",
    "text": "denied before: deploy build-4",
    "agent": "a",
    "session": "s",
    "run_id": null,
    "principal": "admin",
    "answers": "releases/1",
    "cwd": null,
    "created_at": "2027-01-15T08:00:00.000Z",
    "created_by": "admin",
    "expires_at": null,
    "calls_left": null,
    "once": false,
    "source": "memory",
    "denial": true,
    "in_force": true
   }
  ]
 },
 "createRule.block": {
  "rules": [
   {
    "id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
    "action": "block",
    "tool": "exec",
    "generalisation": "flags",
    "text": "git push, whatever else it is given",
    "answers": null,
    "cwd": null,
    "once": false,
    "denial": false,
    "scope": "always",
    "agent": null,
    "session": null,
    "run_id": null,
    "principal": null,
    "created_at": "2027-01-15T08:00:00.000Z",
    "created_by": "admin via http",
    "expires_at": "2027-01-15T08:00:00.000Z",
    "calls_left": null,
    "source": "user.yaml",
    "in_force": true
   }
  ],
  "rule_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE"
 },
 "previewRule.allow": {
  "generalisation": "exact",
  "text": "",
  "available": false,
  "refused": "nothing asks about it: No rule objects",
  "matched": {
   "of": 11,
   "count": 0,
   "examples": []
  },
  "admits": []
 },
 "resetRules.all": {
  "removed": 1
 },
 "explainCall.denied": {
  "answer": {
   "allowed": false,
   "decision": "deny",
   "message": "Destructive command blocked",
   "policy": "block-destructive",
   "rule": "block-destructive/1",
   "matched_policies": [
    "block-destructive"
   ],
   "effects": [
    {
     "tool": "delete",
     "path": "/",
     "by": "rm",
     "action": "allow",
     "policy": null
    }
   ],
   "effects_complete": true,
   "eval_duration_us": 42,
   "audit_id": "01K9ZC3Y6W8T4M2R5V7N1QXBDE",
   "enforced": false,
   "trace": [
    {
     "subject": 0,
     "policy": "block-destructive",
     "rule": "block-destructive/1",
     "action": "deny",
     "held": true,
     "reasons": [
      "command matches \\"rm -rf *\\""
     ]
    }
   ]
  },
  "subjects": [
   {
    "kind": "part",
    "label": "rm -rf /"
   },
   {
    "kind": "effect",
    "label": "delete /",
    "of": 0
   }
  ]
 },
 "createLogin.code": {
  "id": "29e92075a1b2c3d4",
  "code": "123456",
  "expires_at": "2027-01-15T08:00:00.000Z"
 },
 "getLogin.one": {
  "id": "login-1",
  "state": "expired"
 },
 "createStepUp.code": {
  "code": "123456",
  "expires_at": "2027-01-15T08:00:00.000Z"
 },
 "enterStepUp.wrong": {
  "type": "urn:rampart:problem:forbidden",
  "title": "The credential lacks a scope",
  "status": 403,
  "detail": "The code is not valid: rampart dashboard step-up",
  "code": "123456",
  "errors": []
 },
 "listSessions.all": {
  "sessions": []
 },
 "endSessions.all": {
  "ended": 0
 },
 "enrollNode.unknown": {
  "type": "urn:rampart:problem:unauthenticated",
  "title": "A valid token is required",
  "status": 401,
  "detail": "The code is unknown, was used, or is late",
  "code": "123456",
  "errors": []
 },
 "shipEvents.unsigned": {
  "type": "urn:rampart:problem:unauthenticated",
  "title": "A valid token is required",
  "status": 401,
  "detail": "The request is signed by no node of ours",
  "code": "123456",
  "errors": []
 },
 "beatNode.unsigned": {
  "type": "urn:rampart:problem:unauthenticated",
  "title": "A valid token is required",
  "status": 401,
  "detail": "The request is signed by no node of ours",
  "code": "123456",
  "errors": []
 },
 "listNodes.all": {
  "nodes": []
 },
 "getStatus.status": {
  "status": "ok",
  "service": "rampart",
  "version": "0.0.0-test",
  "mode": "enforce",
  "uptime_seconds": 42,
  "policy": {
   "hash": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
   "loaded_at": "2027-01-15T08:00:00.000Z",
   "files": [
    "test.yaml"
   ],
   "policies": 3,
   "faults": []
  },
  "bundle": null,
  "level": "L0",
  "failure": "closed",
  "off_until": null,
  "pending_approvals": 5,
  "flagged_sessions": [],
  "passed_unasked": 0,
  "audit": {
   "seq": 24,
   "hash": ""
  },
  "sinks": [],
  "notify": []
 },
 "getMetrics.metrics": "# HELP rampart_info Version and mode\\n# TYPE rampart_info gauge\\nrampart_info{version=\\"0.0.0-test\\",mode=\\"enforce\\"} 1"
}`
