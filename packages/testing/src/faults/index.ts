export * from './authority.js';
export * from './canary.js';
export * from './connect-proxy.js';
export * from './fault.js';
export type { SeenRequest } from './fault-log.js';
export { type FaultProxy, type FaultProxySettings, startFaultProxy } from './fault-proxy.js';
