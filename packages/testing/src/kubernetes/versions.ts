import { type Fields, isRecord, type KubeObject, listAt, numberAt, recordAt, textAt } from './object.js';
import { apiVersionOf, type Resource } from './resources.js';

/** The object in the version that was asked for. */
export function shownAs(resource: Resource, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(resource);
  if (object.apiVersion === apiVersion) return object;
  if (resource.kind === 'Event') return { ...newEvent(object), apiVersion };
  return { ...object, apiVersion, spec: oldAutoscaler(object), status: oldAutoscalerStatus(object) };
}

/** The object in the version that the store holds. */
export function storedAs(resource: Resource, stored: Resource, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(stored);
  if (resource === stored) return object;
  if (resource.kind === 'Event') return { ...oldEvent(object), apiVersion };
  return { ...object, apiVersion, spec: newAutoscaler(object) };
}

function newEvent({
  involvedObject,
  message,
  source,
  firstTimestamp,
  lastTimestamp,
  count,
  reportingComponent,
  reportingInstance,
  ...rest
}: KubeObject): KubeObject {
  return {
    ...rest,
    ...{ regarding: involvedObject, note: message, deprecatedSource: source, deprecatedCount: count },
    ...{ deprecatedFirstTimestamp: firstTimestamp, deprecatedLastTimestamp: lastTimestamp },
    ...{ reportingController: reportingComponent, reportingInstance },
  };
}

function oldEvent(event: KubeObject): KubeObject {
  const {
    regarding,
    note,
    deprecatedSource,
    deprecatedCount,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    reportingController,
    ...rest
  } = event;
  return {
    ...rest,
    ...{ involvedObject: regarding, message: note, source: deprecatedSource ?? {}, count: deprecatedCount },
    ...{ firstTimestamp: deprecatedFirstTimestamp ?? null, lastTimestamp: deprecatedLastTimestamp ?? null },
    reportingComponent: reportingController,
  };
}

/** autoscaling/v1 knows one metric, the processor's average utilization in percent. */
function oldAutoscaler(object: KubeObject): Fields {
  const { metrics: _, behavior: __, ...spec } = recordAt(object, 'spec');
  const percent = processorMetric(listAt(object, 'spec', 'metrics'), 'target');
  return { ...spec, ...(percent === undefined ? {} : { targetCPUUtilizationPercentage: percent }) };
}

function oldAutoscalerStatus(object: KubeObject): Fields {
  const { currentMetrics, conditions: _, ...status } = recordAt(object, 'status');
  const percent = processorMetric(Array.isArray(currentMetrics) ? currentMetrics : [], 'current');
  return { ...status, ...(percent === undefined ? {} : { currentCPUUtilizationPercentage: percent }) };
}

function newAutoscaler(object: KubeObject): Fields {
  const { targetCPUUtilizationPercentage: averageUtilization, ...spec } = recordAt(object, 'spec');
  if (averageUtilization === undefined) return spec;
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization } };
  return { ...spec, metrics: [{ type: 'Resource', resource }] };
}

function processorMetric(metrics: readonly unknown[], side: 'target' | 'current'): number | undefined {
  const found = metrics.filter(isRecord).find((each) => textAt(each, 'resource', 'name') === 'cpu');
  return numberAt(found, 'resource', side, 'averageUtilization');
}
