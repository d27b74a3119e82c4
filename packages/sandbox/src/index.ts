export {
  createSandbox,
  type SandboxOptions,
  type SandboxProgress,
  type SandboxReport,
} from './create-sandbox.js';
export type { SandboxApprover } from './files/approver-files.js';
export type { Truth } from './files/truth.js';
export {
  commandName,
  type IncidentKind,
  incidentKindOf,
  incidentKinds,
  isIncidentKind,
} from './incident-kinds.js';
