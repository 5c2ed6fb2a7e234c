import type { FleetNode, NodeReport, ShippedBatch } from '../ports.ts'
import {
  enroll,
  type Enrolled,
  type Enrolment,
  type FleetServices,
  listNodes,
  type NodeLine,
} from './fleet.ts'
import {
  type Beaten,
  hearNode,
  type KnownNode,
  type NodeAsk,
  nodeOf,
  type Shipped,
  takeBatch,
} from './fleet-node.ts'

/** The nodes of a server; each use is `unavailable` where it keeps none. */
export interface FleetApi {
  enroll(asked: Enrolment): Promise<Enrolled>
  nodeOf(asked: NodeAsk): Promise<KnownNode>
  take(node: FleetNode, batch: ShippedBatch): Promise<Shipped>
  hear(node: FleetNode, report: NodeReport): Promise<Beaten>
  nodes(): Promise<readonly NodeLine[]>
}

export function fleetApi(services: FleetServices): FleetApi {
  return {
    enroll: (asked) => enroll(services, asked),
    nodeOf: (asked) => nodeOf(services, asked),
    take: (node, batch) => takeBatch(services, node, batch),
    hear: (node, report) => hearNode(services, node, report),
    nodes: () => listNodes(services),
  }
}
