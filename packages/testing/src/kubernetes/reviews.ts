import type { ApiRequest } from './api-request.js';
import { isAllowed, type Rule } from './authorization.js';
import { type Fields, recordAt, textAt } from './object.js';
import { apiVersionOf } from './resources.js';

/** Answers what a user may do or is, from the same rules that requests are held against. */
export function review({ resource, body, user }: ApiRequest, rules: readonly Rule[]): Fields {
  const spec = recordAt(body, 'spec');
  const head = {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: { creationTimestamp: null },
    spec,
  };
  if (resource.kind === 'SelfSubjectAccessReview') return { ...head, status: accessOf(spec, rules) };
  if (resource.kind === 'SelfSubjectRulesReview')
    return { ...head, status: rulesIn(textAt(spec, 'namespace'), rules) };
  const { spec: _, ...bare } = head;
  return { ...bare, status: { userInfo: { username: user, groups: ['system:authenticated'] } } };
}

function accessOf(spec: Fields, rules: readonly Rule[]): Fields {
  const asked = recordAt(spec, 'resourceAttributes');
  const subresource = textAt(asked, 'subresource');
  const plural = textAt(asked, 'resource');
  const allowed = isAllowed(rules, {
    ...{ verb: textAt(asked, 'verb'), group: textAt(asked, 'group') },
    resource: subresource === '' ? plural : `${plural}/${subresource}`,
    namespace: textAt(asked, 'namespace') || null,
  });
  return allowed ? { allowed, reason: 'RBAC: allowed by a rule of the fake cluster' } : { allowed };
}

function rulesIn(namespace: string, rules: readonly Rule[]): Fields {
  const here = rules.filter((each) => each.namespaces === undefined || each.namespaces.includes(namespace));
  const resourceRules = here.map(({ verbs, apiGroups, resources }) => ({ verbs, apiGroups, resources }));
  const nonResourceURLs = [
    '/api',
    '/api/*',
    '/apis',
    '/apis/*',
    '/healthz',
    '/livez',
    '/openapi',
    '/openapi/*',
    '/readyz',
    '/version',
    '/version/',
  ];
  return { resourceRules, nonResourceRules: [{ verbs: ['get'], nonResourceURLs }], incomplete: false };
}
