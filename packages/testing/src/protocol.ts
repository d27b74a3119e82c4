export { type ConformanceServer, startConformanceServer } from './conformance/conformance-server.js';
export { type ConnectedClient, connectInProcess, type InProcessOptions } from './in-process-client.js';
