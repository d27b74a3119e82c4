export { findConfiguration } from './configuration/find-configuration.js';
export {
  type Configuration,
  type EnvironmentSettings,
  type ExecutorSettings,
  loadConfiguration,
  parseConfiguration,
} from './configuration/load-configuration.js';
export { configurationJsonSchema } from './configuration/schema.js';
export { isTrusted, trustFile, userConfigurationFolder } from './configuration/trust.js';
export { type Description, describeServer } from './start/describe.js';
export type { Examination, ExaminedFinding } from './start/examine.js';
export { type ExposureRecord, recentExposure, writeExposureRecord } from './start/exposure-record.js';
export type { SuiteMember } from './start/open-several.js';
export { type ServeOptions, serve } from './start/serve.js';
export { type ServeSeveralOptions, serveSeveral } from './start/serve-several.js';
export { StartError } from './start/start-error.js';
export { checkPin, pinFile, pinSurfaces, readPins, type ToolsLock } from './surface/pins.js';
export type { Annotations, PublishedTool } from './surface/published-tool.js';
export { type Surface, surfaceOf } from './surface/surface-of.js';
