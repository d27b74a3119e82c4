import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { examineCluster } from '../../src/kubernetes/examine.js';
import { readerManifest, readerRules } from '../../src/kubernetes/rbac-rules.js';
import { closeClusters, openedCluster } from './cluster-fixture.js';

closeClusters();

const signal = () => AbortSignal.timeout(20_000);
const rules = readerRules.map(({ apiGroups, resources, verbs }) => ({
  ...{ apiGroups: [...apiGroups], resources: [...resources], verbs: [...verbs] },
}));

async function reader(more: typeof rules = rules) {
  const opened = await openedCluster();
  opened.cluster.kubeconfig('reader');
  opened.cluster.allow('reader', more);
  return opened;
}

describe('examining a cluster', () => {
  it('finds nothing wrong with a credential that has the rules of the manifest and no others', async () => {
    const { context } = await reader();
    const findings = await examineCluster(context({}, 'reader'), signal());
    expect(findings.filter(({ level }) => level !== 'ok').map(({ topic }) => topic)).toEqual([
      'configuration',
    ]);
    expect(findings.map(({ message }) => message)).toContain('The cluster is reached without encryption.');
  });

  it('names the rule that is missing', async () => {
    const { context } = await reader(rules.filter(({ resources }) => !resources.includes('events')));
    const findings = await examineCluster(context({}, 'reader'), signal());
    expect(findings.filter(({ level }) => level === 'failure').map(({ message }) => message)).toEqual([
      'The credential lacks list on events in all namespaces.',
    ]);
  });

  it('warns of rights that reading does not need', async () => {
    const { context } = await openedCluster();
    const findings = await examineCluster(context(), signal());
    const warned = findings.filter(({ topic, level }) => topic === 'permission' && level === 'warning');
    expect(warned.map(({ message }) => /may (.*) in all/.exec(message)?.[1])).toEqual([
      'run commands in pods',
      'delete deployments',
      'change deployments',
      'read secrets',
    ]);
  });

  it('tells a credential that nobody knows from a cluster that nobody reaches', async () => {
    const { cluster, context } = await openedCluster();
    const wrong = await examineCluster(context({ credential: 'not-a-token' }), signal());
    expect(wrong.map(({ topic, level }) => [topic, level])).toEqual([['credential', 'failure']]);
    const given = context();
    await cluster.close();
    const gone = await examineCluster(given, signal());
    expect(gone.map(({ topic, level }) => [topic, level])).toEqual([['reachability', 'failure']]);
  });

  it('finds namespaces that are not there, and contexts', async () => {
    const { context } = await openedCluster();
    const findings = await examineCluster(context({ namespaces: ['default', 'shpo'] }), signal());
    expect(findings.map(({ message }) => message)).toContain(
      'The namespace shpo does not exist in the cluster.',
    );
    const unknown = await examineCluster(context({ context: 'other' }), signal());
    expect(unknown).toMatchObject([
      { topic: 'configuration', level: 'failure', fix: 'Set context to one of fake.' },
    ]);
  });
});

describe('the reader manifest', () => {
  const kinds = (text: string) =>
    parseAllDocuments(text).map((document) => [
      document.get('kind'),
      document.getIn(['metadata', 'namespace']),
    ]);

  it('binds a service account in the whole cluster or in some namespaces', () => {
    expect(kinds(readerManifest())).toEqual([
      ['ServiceAccount', 'devops-mcp'],
      ['ClusterRole', undefined],
      ['ClusterRoleBinding', undefined],
    ]);
    expect(kinds(readerManifest({ namespaces: ['shop'] }))).toEqual([
      ['ServiceAccount', 'devops-mcp'],
      ['Role', 'shop'],
      ['RoleBinding', 'shop'],
    ]);
  });

  it('is the one that the documents show', () => {
    const file = new URL('../../../../docs/backends/kubernetes-reader.yaml', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(readerManifest());
  });

  it('reads only, and secrets only where Helm is wanted', () => {
    const role = (helm: boolean) => parseAllDocuments(readerManifest({ helm }))[1]?.toJS().rules;
    const verbs = role(true).flatMap((rule: { verbs: string[] }) => rule.verbs);
    expect(new Set(verbs)).toEqual(new Set(['get', 'list']));
    expect(JSON.stringify(role(false))).not.toContain('secrets');
    expect(JSON.stringify(role(true))).toContain('secrets');
  });
});
