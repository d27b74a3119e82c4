/** The protocol side alone, for programs that bring their own parts, such as protocol fixtures. */
export { type HttpOptions, type Listening, serveHttp } from './http/serve-http.js';
export { protocolFailure, toolFailure } from './mcp/answers.js';
export type {
  CompletionValues,
  Incoming,
  McpParts,
  McpPrompt,
  McpResource,
  McpTool,
  Refusal,
  RefusedKind,
} from './mcp/mcp-parts.js';
export { createRequestStates, type RequestStates } from './mcp/request-state.js';
export { roadRequests } from './mcp/road-request.js';
export { createServerFactory } from './mcp/server-factory.js';
export { identifierFor } from './start/identify.js';
export { type Governance, openGovernance } from './start/open-governance.js';
export { type OpenServer, type OpenServerOptions, openServer } from './start/open-server.js';
export { type OpenSeveralOptions, openServers } from './start/open-several.js';
export { systemRandom } from './start/random.js';
