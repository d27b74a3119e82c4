export * from './alerts.js';
export * from './contract-case.js';
export { callContext, worldNow } from './contract-world.js';
export * from './deployments.js';
export * from './knowledge.js';
export * from './logs.js';
export * from './metrics.js';
export * from './on-call.js';
export * from './traces.js';
