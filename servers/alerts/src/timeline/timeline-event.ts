import { cutText, oneLine } from '@devops-mcp/domain';

export const eventKinds = [
  'alert',
  'acknowledgement',
  'deployment',
  'error',
  'incident',
  'suite_action',
] as const;
export type EventKind = (typeof eventKinds)[number];

export interface TimelineEvent {
  readonly time: Date;
  readonly kind: EventKind;
  readonly service: string | null;
  readonly text: string;
  /** 0 stays longest when the answer must be cut. */
  readonly rank: 0 | 1 | 2 | 3;
}

/** What a timeline is about. */
export interface TimelineScope {
  readonly environment: string;
  /** Undefined: every service. */
  readonly services: ReadonlySet<string> | undefined;
  /** Alerts without a service that belong to it. */
  readonly alertNames: ReadonlySet<string>;
}

export function inScope(scope: TimelineScope, service: string | null, alert?: string): boolean {
  if (scope.services === undefined) return true;
  if (service !== null) return scope.services.has(service);
  return alert !== undefined && scope.alertNames.has(alert);
}

/** A name from outside, on one line. */
export function nameText(name: string): string {
  return cutText(oneLine(name), 80);
}
