import { describe, expect, it } from 'vitest';
import type { Place } from '../../src/gitops/document.js';
import { setInYaml } from '../../src/gitops/yaml-edit.js';

const deployment = `# owned by payments
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}
spec:
  replicas: 3   # agreed with capacity planning
  template:
    metadata:
      labels:
        app: api
    spec:
      containers:
      - name: api
        image: "registry.example.com/api:1.4.2"
        args: [ '--x', "--y" ]
---
kind: ConfigMap
data:
  TIMEOUT: '30'
  mode: fast
`;

describe('editing YAML in place', () => {
  it('changes nothing but the value', () => {
    const after = setInYaml(deployment, place(['spec', 'replicas']), 5);
    expect(after).toBe(deployment.replace('replicas: 3 ', 'replicas: 5 '));
  });

  it('keeps the kind of quotes and quotes what would read as another type', () => {
    const data = (key: string) => place(['data', key], 1);
    expect(setInYaml(deployment, data('TIMEOUT'), '5')).toBe(deployment.replace("'30'", "'5'"));
    expect(setInYaml(deployment, data('mode'), 'true')).toBe(
      deployment.replace('mode: fast', 'mode: "true"'),
    );
    expect(setInYaml(deployment, data('mode'), 'a: b # c')).toContain('mode: "a: b # c"');
    const image = place(['spec', 'template', 'spec', 'containers', 0, 'image']);
    expect(setInYaml(deployment, image, 'registry.example.com/api:1.4.1')).toContain(
      '"registry.example.com/api:1.4.1"',
    );
  });

  it('adds missing keys in block maps, flow maps and empty values', () => {
    const annotations = ['spec', 'template', 'metadata', 'annotations', 'devops-mcp/restart'];
    expect(setInYaml(deployment, place(annotations), 'abc')).toContain(
      '    metadata:\n      annotations:\n        devops-mcp/restart: abc\n      labels:\n',
    );
    expect(setInYaml(deployment, place(['metadata', 'namespace']), 'pay')).toContain(
      'metadata: { namespace: pay, name: api,',
    );
    const empty = deployment.replace('      labels:\n        app: api\n', '      annotations:\n');
    expect(setInYaml(empty, place(annotations), 'abc')).toContain(
      '      annotations:\n        devops-mcp/restart: abc\n',
    );
    expect(setInYaml('data: {}\n', place(['data', 'A']), '1')).toBe('data: { A: "1" }\n');
  });

  it('replaces long values and values behind a prefix', () => {
    const block = 'data:\n  a: |\n    one\n    two\n  b: x\n';
    expect(setInYaml(block, place(['data', 'a']), 'three')).toBe('data:\n  a: "three"\n  b: x\n');
    const literals = 'configMapGenerator:\n- literals:\n  - A=1\n  - B=2 # two\n';
    const second: Place = { ...place(['configMapGenerator', 0, 'literals', 1]), prefix: 'B=' };
    expect(setInYaml(literals, second, '9')).toBe(literals.replace('B=2', 'B=9'));
  });

  it('keeps Windows line ends', () => {
    const windows = deployment.replaceAll('\n', '\r\n');
    expect(setInYaml(windows, place(['spec', 'replicas']), 4)).toBe(
      windows.replace('replicas: 3', 'replicas: 4'),
    );
  });

  it('refuses what would change other values too, and what is no YAML', () => {
    const anchored = 'a: &x 3\nb: *x\n';
    expect(() => setInYaml(anchored, place(['a']), 4)).toThrow(/without touching others/);
    expect(() => setInYaml('a: [', place(['a']), 4)).toThrow(/not valid YAML/);
    expect(() => setInYaml('a: text\n', place(['a', 'b']), 4)).toThrow(/without touching others/);
  });
});

function place(keys: Place['keys'], document = 0): Place {
  return { path: 'services/api/deployment.yaml', document, keys };
}
