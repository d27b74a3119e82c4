export * from './audit-log.js';
export type { AuditRecord } from './audit-record.js';
export * from './read-audit.js';
export type { SegmentFile, SegmentFiles } from './segment-files.js';
export * from './verify-audit.js';
