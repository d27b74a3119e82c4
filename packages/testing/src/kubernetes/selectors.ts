import { at, type KubeObject, textsAt } from './object.js';
import type { Resource } from './resources.js';
import { badRequest } from './status.js';

export type Matches = (object: KubeObject) => boolean;

interface Requirement {
  readonly key: string;
  readonly operator: '=' | '!=' | 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

/** A label selector in the API's text form, equality and set based. Throws 400 for what it is not. */
export function labelSelector(text: string): Matches {
  const requirements = splitOutsideBrackets(text).map(requirementOf);
  return ({ metadata }) => {
    const labels = textsAt(metadata, 'labels');
    return requirements.every((each) => holds(each, labels));
  };
}

/** `spec.selector` of a workload: `matchLabels` and `matchExpressions`, or the plain map of a Service. */
export function objectSelector(selector: unknown): Matches {
  const wanted = Object.entries(textsAt(selector, 'matchLabels'));
  const expressions = at(selector, 'matchExpressions');
  const requirements: Requirement[] = wanted.map(([key, value]) => ({ key, operator: '=', values: [value] }));
  for (const each of Array.isArray(expressions) ? expressions : []) {
    const operators = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' } as const;
    const name = String(at(each, 'operator'));
    const operator = Object.entries(operators).find(([key]) => key === name)?.[1] ?? 'absent';
    const values = at(each, 'values');
    requirements.push({
      key: String(at(each, 'key')),
      operator,
      values: Array.isArray(values) ? values.map(String) : [],
    });
  }
  return ({ metadata }) => requirements.every((each) => holds(each, textsAt(metadata, 'labels')));
}

const fieldsOfKind: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Job: ['status.successful'],
  ReplicationController: ['status.replicas'],
  ReplicaSet: ['status.replicas'],
};

/** A field selector. The API knows few fields of each kind and refuses the others with 400. */
export function fieldSelector(text: string, resource: Resource): Matches {
  const terms = text
    .split(',')
    .filter((each) => each !== '')
    .map((term) => {
      const [, field = '', operator = '', value = ''] = /^([^=!]+)(==|!=|=)(.*)$/.exec(term) ?? [];
      if (operator === '') throw badRequest(`invalid field selector "${term}"; can't understand '${term}'`);
      assertField(field, resource);
      return { field, negated: operator === '!=', value };
    });
  return (object) =>
    terms.every(({ field, negated, value }) => (fieldValue(object, field) === value) !== negated);
}

function assertField(field: string, resource: Resource): void {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && resource.namespaced)) return;
  const known = fieldsOfKind[resource.kind];
  if (known?.includes(field)) return;
  throw badRequest(
    known === undefined
      ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${field}`,
  );
}

function fieldValue(object: KubeObject, field: string): string {
  const source = field === 'source' ? 'source.component' : field;
  const value = at(object, ...(field === 'status.successful' ? ['status', 'succeeded'] : source.split('.')));
  if (value === undefined || value === null)
    return field === 'spec.unschedulable' || field === 'spec.hostNetwork' ? 'false' : '';
  return String(value);
}

function splitOutsideBrackets(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function requirementOf(term: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set) {
    const operator = set[2] === 'in' ? 'in' : 'notin';
    return { key: set[1] ?? '', operator, values: (set[3] ?? '').split(',').map((each) => each.trim()) };
  }
  const equal = /^([^\s=!]+)\s*(==|!=|=)\s*([A-Za-z0-9_.-]*)$/.exec(term);
  if (equal)
    return { key: equal[1] ?? '', operator: equal[2] === '!=' ? '!=' : '=', values: [equal[3] ?? ''] };
  const single = /^(!?)\s*([A-Za-z0-9_./-]+)$/.exec(term);
  if (single) return { key: single[2] ?? '', operator: single[1] === '!' ? 'absent' : 'exists', values: [] };
  throw badRequest(`unable to parse requirement: found '${term}', expected: identifier`);
}

function holds({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[key];
  if (operator === 'exists') return value !== undefined;
  if (operator === 'absent') return value === undefined;
  const among = value !== undefined && values.includes(value);
  return operator === '=' || operator === 'in' ? among : !among;
}
