import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendContext, CallContext } from '@devops-mcp/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { infrastructureFrom } from '../../src/terraform/infrastructure.js';
import { terraformBackend } from '../../src/terraform/terraform-backend.js';
import type { TerraformConfig } from '../../src/terraform/terraform-config.js';

const canary = 'CaNaRy-1234';
/** Written by Terraform 1.11.4 for its built-in resource. */
const recording = new URL('./fixtures/terraform-data.tfstate', import.meta.url);

const state = {
  version: 4,
  terraform_version: '1.11.4',
  serial: 7,
  lineage: 'x',
  outputs: { password: { value: canary, type: 'string', sensitive: true } },
  resources: [
    {
      mode: 'managed',
      type: 'aws_db_instance',
      name: 'payments',
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [{ attributes: { password: canary, tags: { service: 'payments-api' } } }],
    },
    {
      module: 'module.queue["eu"]',
      mode: 'managed',
      type: 'aws_sqs_queue',
      name: 'main',
      provider: 'module.queue.provider["registry.terraform.io/hashicorp/aws"].west',
      instances: [{ index_key: 0, status: 'tainted' }, { index_key: 'b' }],
    },
    { mode: 'data', type: 'aws_region', name: 'here', provider: 'x', instances: [{ attributes: {} }] },
  ],
};

const plan = {
  format_version: '1.2',
  terraform_version: '1.11.4',
  resource_changes: [
    change('aws_db_instance.payments', ['delete', 'create'], {
      before: { engine_version: '14', password: 'old', id: 'x', size: 5 },
      after: { engine_version: '16', password: canary, size: 5 },
      after_unknown: { id: true },
      before_sensitive: { password: true },
      after_sensitive: { password: true },
    }),
    change('aws_sqs_queue.orders', ['update'], {
      before: { delay: 1, env: { a: '1' } },
      after: { delay: 2, env: { a: canary } },
      after_sensitive: { env: { a: true } },
    }),
    change('aws_sns_topic.gone', ['delete'], { before: { a: 1 }, after: null }),
    change('aws_sns_topic.same', ['no-op'], { before: { a: 1 }, after: { a: 1 } }),
  ],
  resource_drift: [
    change('aws_db_instance.payments', ['update'], { before: { size: 5 }, after: { size: 9 } }),
  ],
  prior_state: {
    values: {
      root_module: {
        resources: [
          {
            address: 'aws_db_instance.payments',
            mode: 'managed',
            type: 'aws_db_instance',
            provider_name: 'registry.terraform.io/hashicorp/aws',
            values: { password: canary },
          },
        ],
        child_modules: [
          {
            resources: [
              {
                address: 'module.q.aws_sqs_queue.orders',
                mode: 'managed',
                type: 'aws_sqs_queue',
                provider_name: 'hashicorp/aws',
                values: {},
              },
            ],
          },
        ],
      },
    },
  },
};

describe('Terraform files', () => {
  it('give resources by address, with provider and state', async () => {
    const [found] = (await open({ 'a.tfstate': state }).state({}, call())).data;
    expect(found).toEqual({
      file: 'a.tfstate',
      terraformVersion: '1.11.4',
      serial: 7,
      drift: [],
      planned: [],
      resources: [
        {
          address: 'aws_db_instance.payments',
          type: 'aws_db_instance',
          provider: 'hashicorp/aws',
          status: 'present',
        },
        {
          address: 'module.queue["eu"].aws_sqs_queue.main[0]',
          type: 'aws_sqs_queue',
          provider: 'hashicorp/aws',
          status: 'tainted',
        },
        {
          address: 'module.queue["eu"].aws_sqs_queue.main["b"]',
          type: 'aws_sqs_queue',
          provider: 'hashicorp/aws',
          status: 'present',
        },
      ],
    });
  });

  it('give what a plan would do and what drifted, by names and never values', async () => {
    const answer = await open({ 'a.tfstate': state, 'plan.json': plan }).state({}, call());
    const [first, second] = answer.data;
    expect(first?.resources[0]?.status).toBe('drifted');
    expect(second?.planned).toEqual([
      {
        address: 'aws_db_instance.payments',
        type: 'aws_db_instance',
        actions: ['create', 'delete'],
        replaces: true,
        changedAttributes: ['engine_version', 'id', 'password (sensitive)'],
      },
      {
        address: 'aws_sqs_queue.orders',
        type: 'aws_sqs_queue',
        actions: ['update'],
        replaces: false,
        changedAttributes: ['delay', 'env (sensitive)'],
      },
      {
        address: 'aws_sns_topic.gone',
        type: 'aws_sns_topic',
        actions: ['delete'],
        replaces: false,
        changedAttributes: [],
      },
    ]);
    expect(second?.drift).toMatchObject([
      { address: 'aws_db_instance.payments', changedAttributes: ['size'] },
    ]);
    expect(second?.resources.map((one) => [one.address, one.status])).toEqual([
      ['aws_db_instance.payments', 'drifted'],
      ['module.q.aws_sqs_queue.orders', 'present'],
    ]);
    expect(JSON.stringify(answer)).not.toContain(canary);
  });

  it('are narrowed to a service by tag, by name, or by its own setting', async () => {
    const addresses = async (service: string, settings?: Record<string, unknown>) => {
      const answer = await open({ 'a.tfstate': state, 'plan.json': plan }, settings).state(
        { service },
        call(),
      );
      return {
        found: answer.data.flatMap((one) => one.resources.map((resource) => resource.address)),
        hints: answer.hints,
      };
    };
    expect((await addresses('payments-api')).found).toEqual(['aws_db_instance.payments']);
    expect((await addresses('orders')).found).toEqual(['module.q.aws_sqs_queue.orders']);
    expect((await addresses('order')).found).toEqual([]);
    expect((await addresses('order')).hints?.[0]).toContain('terraform.addresses');
    const set = { 'terraform.addresses': ['module.queue'] };
    expect((await addresses('anything', set)).found).toHaveLength(2);
  });

  it('that cannot be used are named, and the others still answer', async () => {
    const whole = JSON.stringify(state);
    const bad: readonly (readonly [string, string, RegExp])[] = [
      ['cut.tfstate', whole.slice(0, 200), /cut off/],
      ['empty.tfstate', '', /empty/],
      ['garbage.tfstate', 'hello', /not valid JSON/],
      ['saved.plan', 'PK\u0003\u0004', /terraform show -json/],
      ['log.json', '{"@level":"info"}\n{"@level":"info"}\n', /terraform plan -json/],
      ['old.tfstate', JSON.stringify({ ...state, version: 3 }), /version 3/],
      ['other.json', '{"a":1}', /neither/],
      ['array.json', '[]', /neither/],
      ['secret.tfstate', '{"serial":1,"lineage":"x","encrypted_data":"x"}', /encrypted/],
      ['odd.tfstate', JSON.stringify({ ...state, resources: [1] }), /shape of version 4/],
      ['odd-plan.json', JSON.stringify({ ...plan, resource_changes: 5 }), /shape of/],
    ];
    const files = Object.fromEntries(bad.map(([name, text]) => [name, text]));
    const answer = await open({ ...files, 'good.tfstate': state, '/missing/x.tfstate': undefined }).state(
      {},
      call(),
    );
    expect(answer.data.map((one) => one.file)).toEqual(['good.tfstate']);
    for (const [name, , reason] of bad) {
      const found = answer.partial?.find((one) => one.reason.startsWith(name));
      expect(found?.reason).toMatch(reason);
    }
    expect(answer.partial).toHaveLength(bad.length + 1);
  });

  it('are an error when none can be used, without paths of the machine', async () => {
    const error = await open({ 'cut.tfstate': '{"version":4' })
      .state({}, call())
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('cut.tfstate: the JSON is cut off'),
    });
    expect(JSON.stringify(error)).not.toContain(tmpdir());
  });

  it('are read no further once the caller has left', async () => {
    await expect(open({ 'a.tfstate': state }).state({}, call(AbortSignal.abort()))).rejects.toThrow();
  });

  it('are declared by path only', () => {
    expect(terraformBackend.config.safeParse({ files: ['a'] }).success).toBe(true);
    expect(terraformBackend.config.safeParse({ files: [] }).success).toBe(false);
    expect(terraformBackend.config.safeParse({ files: ['a'], write: {} }).success).toBe(false);
  });

  it('read a state that Terraform itself wrote', async () => {
    const json: unknown = JSON.parse(readFileSync(recording, 'utf8'));
    const [found] = (await open({ 'real.tfstate': json }).state({}, call())).data;
    expect(found?.resources.map((one) => one.address)).toEqual([
      'terraform_data.svc["a"]',
      'terraform_data.svc["b"]',
    ]);
    expect(found?.resources[0]?.provider).toBe('builtin/terraform');
  });
});

function change(address: string, actions: readonly string[], details: Record<string, unknown>) {
  return {
    address,
    mode: 'managed',
    type: address.split('.')[0],
    provider_name: 'x',
    change: { actions, ...details },
  };
}

/** Writes the files (text as it is, anything else as JSON, undefined not at all) and opens the port. */
function open(files: Readonly<Record<string, unknown>>, settings: Readonly<Record<string, unknown>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'devops-mcp-terraform-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files))
    if (content !== undefined)
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  const context: BackendContext<TerraformConfig> = {
    config: { files: Object.keys(files) },
    environment: { name: 'production', class: 'production' },
    resolvePath: (path) => join(folder, path),
    stateDir: folder,
    services: {
      telemetryName: (service) => service,
      serviceOf: (name) => name,
      setting: (_, key) => settings[key],
      services: () => [],
    },
    network: { proxy: null, noProxy: [], caFile: null },
    leases: { acquire: async () => undefined },
    clock: () => new Date(0),
    warn: () => undefined,
  };
  return infrastructureFrom(context);
}

function call(signal = new AbortController().signal): CallContext {
  return { signal, progress: () => undefined, now: new Date(0) };
}
