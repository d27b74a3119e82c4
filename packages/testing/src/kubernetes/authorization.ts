import type { ApiRequest } from './api-request.js';
import { qualifiedName, type Resource } from './resources.js';
import { ApiStatus, detailsOf, failure } from './status.js';

/** One rule of a role; `*` stands for everything, and no namespaces for all of them. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly namespaces?: readonly string[];
}

export interface Question {
  readonly verb: string;
  readonly group: string;
  /** With the subresource: `pods/eviction`. */
  readonly resource: string;
  readonly namespace: string | null;
}

export const anonymous = 'system:anonymous';

export const everything: readonly Rule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

export function isAllowed(rules: readonly Rule[], { verb, group, resource, namespace }: Question): boolean {
  return rules.some(
    (rule) =>
      has(rule.verbs, verb) &&
      has(rule.apiGroups, group) &&
      (has(rule.resources, resource) || rule.resources.includes(`*/${resource.split('/')[1]}`)) &&
      (rule.namespaces === undefined || (namespace !== null && rule.namespaces.includes(namespace))),
  );
}

export function questionOf({ verb, resource, subresource, namespace }: ApiRequest): Question {
  const name = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
  return { verb, group: resource.group, resource: name, namespace };
}

/** The refusal as the API words it. */
export function forbidden(request: ApiRequest): ApiStatus {
  const { user, resource, name } = request;
  const { verb, group, resource: path, namespace } = questionOf(request);
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = `User "${user}" cannot ${verb} resource "${path}" in API group "${group}" ${where}`;
  return forbiddenFor(resource, name, what);
}

export function forbiddenPath(user: string, method: string, path: string): ApiStatus {
  const message = `forbidden: User "${user}" cannot ${method.toLowerCase()} path "${path}"`;
  return new ApiStatus(failure(403, 'Forbidden', message, {}));
}

export function forbiddenFor(resource: Resource, name: string, what: string): ApiStatus {
  const named = name === '' ? qualifiedName(resource) : `${qualifiedName(resource)} "${name}"`;
  const details = detailsOf(resource, name === '' ? undefined : name);
  return new ApiStatus(failure(403, 'Forbidden', `${named} is forbidden: ${what}`, details));
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}
