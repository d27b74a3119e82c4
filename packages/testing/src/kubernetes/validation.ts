import { at, isRecord, type KubeObject, listAt, recordAt, sameJson, textAt } from './object.js';
import type { Resource } from './resources.js';
import { objectSelector } from './selectors.js';
import { badRequest, type Cause, invalid } from './status.js';

const workloads = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']);
const wholeNumbers = [
  'replicas',
  'minReplicas',
  'maxReplicas',
  'minReadySeconds',
  'progressDeadlineSeconds',
  'revisionHistoryLimit',
];

/** Refuses with 422 what the API's own validation refuses, for the fields that the suite and its tests write. */
export function validate(resource: Resource, object: KubeObject, before?: KubeObject): void {
  assertTypes(resource, object);
  const causes = [
    ...metadataCauses(object),
    ...numberCauses(object),
    ...workloadCauses(object),
    ...autoscalerCauses(object),
    ...(before ? immutableCauses(resource, object, before) : []),
  ];
  if (causes.length > 0) throw invalid(resource, object.metadata.name ?? '', causes);
}

/** What cannot be decoded is 400 and not 422. */
function assertTypes(resource: Resource, object: KubeObject): void {
  for (const field of wholeNumbers) {
    const value = at(object, 'spec', field);
    if (value === undefined || value === null || Number.isInteger(value)) continue;
    const type = typeof value === 'number' ? `number ${value}` : typeof value;
    throw badRequest(
      `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: json: cannot unmarshal ${type} into Go struct field ${resource.kind}Spec.spec.${field} of type int32`,
    );
  }
}

function metadataCauses({ metadata, kind }: KubeObject): readonly Cause[] {
  const name = metadata.name ?? '';
  if (name === '') return [required('metadata.name', 'name or generateName is required')];
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) || kind.startsWith('ClusterRole') || name.length > 253)
    return [];
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  return [wrong('metadata.name', JSON.stringify(name), rule)];
}

function numberCauses(object: KubeObject): readonly Cause[] {
  return wholeNumbers.flatMap((field) => {
    const value = at(object, 'spec', field);
    if (typeof value !== 'number' || value >= 0) return [];
    return [wrong(`spec.${field}`, String(value), 'must be greater than or equal to 0')];
  });
}

function workloadCauses(object: KubeObject): readonly Cause[] {
  const pod = object.kind === 'Pod';
  if (!pod && !workloads.has(object.kind)) return [];
  const field = pod ? 'spec' : 'spec.template.spec';
  const spec = pod ? recordAt(object, 'spec') : recordAt(object, 'spec', 'template', 'spec');
  const causes: Cause[] = [];
  if (!pod) causes.push(...selectorCauses(object));
  const containers = listAt(spec, 'containers');
  if (containers.length === 0) causes.push(required(`${field}.containers`));
  containers.forEach((each, index) => {
    if (textAt(each, 'name') === '') causes.push(required(`${field}.containers[${index}].name`));
    if (textAt(each, 'image') === '') causes.push(required(`${field}.containers[${index}].image`));
  });
  return causes;
}

function selectorCauses(object: KubeObject): readonly Cause[] {
  const selector = at(object, 'spec', 'selector');
  if (!isRecord(selector)) return [required('spec.selector')];
  const labels = recordAt(object, 'spec', 'template', 'metadata', 'labels');
  const metadata = {
    labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
  };
  if (objectSelector(selector)({ apiVersion: 'v1', kind: 'Pod', metadata })) return [];
  return [
    wrong('spec.template.metadata.labels', goMap(labels), '`selector` does not match template `labels`'),
  ];
}

function autoscalerCauses(object: KubeObject): readonly Cause[] {
  if (object.kind !== 'HorizontalPodAutoscaler') return [];
  const [min, max] = [at(object, 'spec', 'minReplicas'), at(object, 'spec', 'maxReplicas')];
  if (typeof max !== 'number') return [required('spec.maxReplicas')];
  if (typeof min !== 'number' || max >= min) return [];
  return [wrong('spec.maxReplicas', String(max), 'must be greater than or equal to `minReplicas`')];
}

function immutableCauses(resource: Resource, object: KubeObject, before: KubeObject): readonly Cause[] {
  const [selector, old] = [at(object, 'spec', 'selector'), at(before, 'spec', 'selector')];
  if (workloads.has(resource.kind) && old !== undefined && !sameJson(selector, old))
    return [wrong('spec.selector', goSelector(selector), 'field is immutable')];
  if (resource.kind === 'Pod' && !sameJson(mutablePart(object), mutablePart(before)))
    return [
      {
        reason: 'FieldValueForbidden',
        field: 'spec',
        message:
          'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
      },
    ];
  if (
    resource.kind === 'StatefulSet' &&
    at(object, 'spec', 'serviceName') !== at(before, 'spec', 'serviceName')
  )
    return [
      {
        reason: 'FieldValueForbidden',
        field: 'spec',
        message:
          "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      },
    ];
  return [];
}

function mutablePart(pod: KubeObject): unknown {
  const { activeDeadlineSeconds: _, tolerations: __, ...spec } = recordAt(pod, 'spec');
  return {
    ...spec,
    containers: listAt(spec, 'containers').map((each) => ({ ...recordAt(each), image: '' })),
  };
}

function wrong(field: string, value: string, why: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${value}: ${why}`, field };
}

function required(field: string, why = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${why === '' ? '' : `: ${why}`}`, field };
}

function goMap(labels: Readonly<Record<string, unknown>>): string {
  return `map[string]string{${Object.entries(labels)
    .map(([key, value]) => `"${key}":"${String(value)}"`)
    .join(', ')}}`;
}

function goSelector(selector: unknown): string {
  return `v1.LabelSelector{MatchLabels:${goMap(recordAt(selector, 'matchLabels'))}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}`;
}
