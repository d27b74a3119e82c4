export { type AllowedSigner, parseAllowedSigners } from './approvals/allowed-signers.js';
export {
  approvalMessage,
  approvalNamespace,
  decisionOf,
  parseApprovalFile,
  type SignedDecision,
  verifyDecision,
} from './approvals/approval.js';
export {
  type ApproverDirectory,
  type ApproverSource,
  approverDirectory,
  approverFiles,
} from './approvals/approver-directory.js';
export { approveProposal, recordDecision, rejectProposal, signDecision } from './approvals/decide.js';
export { type Enrolment, parseEnrolments } from './approvals/enrolments.js';
export { confirmationRule, countApprovals, type Quorum } from './approvals/quorum.js';
export {
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
} from './approvals/software-authenticator.js';
export { createSshKeyFile } from './approvals/ssh-key-file.js';
export { fingerprint } from './approvals/ssh-keys.js';
export { type VerifiedSignature, verifySshSignature } from './approvals/ssh-signature.js';
export { createSshSigner, type SshSigner } from './approvals/ssh-signer.js';
export * from './audit/index.js';
export * from './collaborators.js';
export * from './egress/index.js';
export {
  createExecutor,
  type ExecutionRequest,
  type ExecutionResult,
  type Executor,
  type ExecutorDependencies,
} from './executor/executor.js';
export { type ExecutorOutcome, signOutcome, verifyOutcome } from './executor/outcome-file.js';
export { recordExecutorOutcome } from './executor/record-outcome.js';
export * from './identity/index.js';
export { checkBlastRadius, checkWindows, consumeWindows } from './limits/blast-radius.js';
export { callsPerMinute, createRateLimiter } from './limits/rate-limiter.js';
export * from './model.js';
export { createRoad } from './pipeline.js';
export * from './policy/index.js';
export {
  bindingDigest,
  canonicalJson,
  digestOf,
  documentDigest,
  planDigest,
  sameJson,
} from './proposals/digest.js';
export {
  proposalInput,
  proposalListOutput,
  proposalOutput,
  proposalTools,
} from './proposals/proposal-schemas.js';
export { renderProposal } from './proposals/rendering.js';
export { exportProposal, parseRequestFile, type RequestFile } from './proposals/request-file.js';
export { toolDigest } from './proposals/tool-digest.js';
export * from './readiness/index.js';
export type {
  ExecutorFacts,
  GovernedProcess,
  RawAnswer,
  RawDefinition,
  Road,
  RoadDependencies,
} from './road/dependencies.js';
export type { Refusal } from './road/recheck.js';
export * from './store/index.js';
export * from './switchboard/index.js';
