export type { Rule } from './authorization.js';
export {
  type FakeCluster,
  type FakeClusterOptions,
  type RecordedRequest,
  startFakeCluster,
} from './fake-cluster.js';
export { type GenerateOptions, generateCluster } from './generate-cluster.js';
export type { KubeObject, ManagedFields, ObjectMeta, OwnerReference } from './object.js';
