import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '@devops-mcp/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { addDoctorCommand } from '../../src/commands/doctor.js';
import type { AskServer } from '../../src/doctor/ask-servers.js';
import { type Office, openOffice } from '../office.js';
import { runCommand } from '../run-command.js';
import { fine, serversThatFind } from './examined.js';

const production = `environments:
  production:
    class: production
    ports: { metrics: { use: prometheus, address: "https://metrics.example.com" } }
`;

let office: Office;
afterEach(() => office.remove());

async function open(more = production): Promise<void> {
  office = await openOffice(more);
  await chmod(office.config, 0o600);
}

const doctor = (examine: AskServer = serversThatFind({ metrics: [fine] }), ...args: readonly string[]) =>
  runCommand((program) => addDoctorCommand(program, examine), 'doctor', '--config', office.config, ...args);

describe('doctor', () => {
  it('ends with 0 when nothing failed', async () => {
    await open();
    const ran = await doctor();
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain(`${office.config} is used: named by --config.`);
    expect(ran.out).toContain('production (production) has metrics.');
    expect(ran.out).toContain('metrics in production (prometheus): It answers after 12 ms.');
    expect(ran.out).toContain('The default policy holds.');
    expect(ran.out).toContain('There is no catalog: services are those that the backends show.');
    expect(ran.out).toContain('No failures');
  });

  it('shows failures first, each with what to do, and ends with 1', async () => {
    await open();
    const denied = {
      ...fine,
      ...{ topic: 'permission', level: 'failure', message: 'May not query.', fix: 'Grant the viewer role.' },
    };
    const ran = await doctor(serversThatFind({ metrics: [fine, denied] }));
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(
      /^Failures\n {2}backends\n {4}metrics in production \(prometheus\): May not query\.\n {6}-> Grant the viewer role\./,
    );
    expect(ran.out.indexOf('Failures')).toBeLessThan(ran.out.indexOf('Fine'));
  });

  it('says once what helps several findings', async () => {
    await open();
    const denied = ['May not query.', 'May not list.'].map((message) => ({
      ...fine,
      ...{ topic: 'permission', level: 'failure', message, fix: 'Grant the viewer role.' },
    }));
    const ran = await doctor(serversThatFind({ metrics: denied }));
    expect(ran.out).toContain('May not list.\n      -> Grant the viewer role.');
    expect(ran.out.match(/Grant the viewer role/g)).toHaveLength(1);
  });

  it('prints JSON with a summary', async () => {
    await open();
    const ran = await doctor(undefined, '--format', 'json');
    const parsed = JSON.parse(ran.out);
    expect(parsed).toMatchObject({ summary: { failure: 0 }, configuration: office.config });
    expect(parsed.checks).toContainEqual(
      expect.objectContaining({ area: 'backends', level: 'ok', servers: ['metrics'] }),
    );
    expect(parsed).not.toHaveProperty('exposure');
  });

  it('ends with 2 for a wrong command line', async () => {
    await open();
    expect(await doctor(undefined, '--format', 'xml')).toMatchObject({ code: 2, out: '' });
    // The test runner catches the end of the process and says which code it had.
    await expect(doctor(undefined, '--bogus')).rejects.toThrow(/process\.exit.*"2"/);
  });

  it('says where a configuration is expected when there is none', async () => {
    await open();
    const ran = await runCommand(
      addDoctorCommand,
      'doctor',
      '--config',
      path.join(office.folder, 'absent.yaml'),
    );
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('absent.yaml cannot be read');
    expect(ran.out).toContain('-> ');
  });

  it('names file and line of a configuration that does not parse', async () => {
    await open('environment: {}\n');
    const ran = await doctor();
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/devops-mcp\.yaml:5: .*unknown key "environment"/);
  });
});

describe('what others may do to the files', () => {
  it('fails a configuration that other users can change, and warns when they can read it', async () => {
    await open();
    await chmod(office.config, 0o666);
    const changed = await doctor();
    expect(changed.code).toBe(1);
    expect(changed.out).toContain(`chmod 600 ${office.config}`);
    await chmod(office.config, 0o644);
    const read = await doctor();
    expect(read.code).toBe(0);
    expect(read.out).toMatch(
      /Warnings\n {2}configuration\n {4}The configuration \S+ can be read by other users/,
    );
  });

  it('fails a state folder that other users can change', async () => {
    await open();
    await mkdir(path.join(office.folder, 'state'));
    await chmod(path.join(office.folder, 'state'), 0o777);
    expect((await doctor()).out).toMatch(/The state folder \S+ can be changed by other users/);
  });

  it('fails a secret that stands in the file, without repeating it', async () => {
    await open(
      'environments: { production: { class: production, ports: { metrics: { use: prometheus, credential: hunter2 } } } }\n',
    );
    const ran = await doctor();
    expect(ran.code).toBe(1);
    expect(ran.out).toContain(
      'environments.production.ports.metrics.credential holds a secret in plain text',
    );
    expect(ran.out).not.toContain('hunter2');
  });
});

describe('what governs', () => {
  it('fails an audit folder that cannot be written', async () => {
    await open();
    await writeFile(path.join(office.folder, 'audit'), '');
    const ran = await doctor();
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/The audit folder \S+ cannot be written/);
  });

  it('fails a policy that does not load, and says where', async () => {
    await open(`policy: ./policy.yaml\n${production}`);
    await writeFile(path.join(office.folder, 'policy.yaml'), 'policies:\n  - { name: a, effect: perhaps }\n');
    const ran = await doctor();
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/policy\.yaml\D+2/);
  });

  it('warns of catalog problems with file and line', async () => {
    await open(`catalog: [./catalog]\n${production}`);
    await writeFile(
      path.join(office.folder, 'catalog', 'catalog-info.yaml'),
      'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: shop }\nspec: { type: service, lifecycle: production }\n',
    );
    const ran = await doctor();
    expect(ran.out).toMatch(/catalog-info\.yaml:\d+: shop has no owner/);
    expect(ran.out).toContain('The catalog has 1 services.');
  });

  it('warns of a registered server without pins, of another version, and of one that is none of the suite', async () => {
    const owner = 'owner: group:default/team-a, killSwitchOwner: group:default/team-a';
    await open(
      `servers:\n  metrics: { ${owner}, version: 0.0.9 }\n  shelf: { ${owner}, version: 1.0.0 }\n${production}`,
    );
    const ran = await doctor();
    expect(ran.out).toContain('does not pin metrics, shelf: only reads are served there.');
    expect(ran.out).toContain('metrics 0.1.0 is installed and 0.0.9 was reviewed');
    expect(ran.out).toContain('servers.shelf is no server of this suite.');
  });

  it('fails files that the configuration names and that cannot be read', async () => {
    await open(`approvers: { allowedSigners: ./signers }\n${production}`);
    expect((await doctor()).out).toMatch(/signers cannot be read/);
  });

  it('says how much space there is', async () => {
    await open();
    expect((await doctor()).out).toMatch(/\d+ MB are free/);
  });
});

describe('the servers are asked', () => {
  it('reports once what several servers say of the same backend', async () => {
    await open();
    const later = { ...fine, message: 'It answers after 31 ms.' };
    const ran = await doctor(serversThatFind({ metrics: [fine], alerts: [later] }), '--format', 'json');
    const backends = JSON.parse(ran.out).checks.filter(({ area }: { area: string }) => area === 'backends');
    expect(backends).toHaveLength(1);
    expect(backends[0].servers).toEqual(['metrics', 'alerts']);
  });

  it('reports once what holds for several ports of the same backend', async () => {
    await open();
    const ran = await doctor(serversThatFind({ metrics: [fine, { ...fine, port: 'dependencies' }] }));
    expect(ran.out).toContain('metrics, dependencies in production (prometheus): It answers');
  });

  it('keeps apart what differs in more than a number', async () => {
    await open();
    const other = { ...fine, environment: 'staging' };
    const ran = await doctor(serversThatFind({ metrics: [fine], alerts: [other] }), '--format', 'json');
    const backends = JSON.parse(ran.out).checks.filter(({ area }: { area: string }) => area === 'backends');
    expect(backends).toHaveLength(2);
  });

  it('fails when no server is installed', async () => {
    await open();
    const ran = await doctor(serversThatFind({}));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('No server is installed');
    expect(ran.out).toContain('npm install -g @devops-mcp/metrics');
  });

  it('fails a registered server that is not installed', async () => {
    const owner = 'owner: group:default/team-a, killSwitchOwner: group:default/team-a, version: 0.1.0';
    await open(`servers: { logs: { ${owner} } }\n${production}`);
    expect((await doctor()).out).toContain('logs is registered and not installed.');
  });

  it('reports once what keeps all servers from starting', async () => {
    await open();
    const ran = await doctor(() => Promise.reject(new ToolError('unavailable', 'The file is odd.')));
    expect(ran.code).toBe(1);
    expect(ran.out.split('The file is odd.')).toHaveLength(2);
  });

  it('fails a server whose answer is no examination', async () => {
    await open();
    const ran = await doctor(async (name) => ({ server: name, hello: 'world' }));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('metrics gave no examination.');
  });

  it('groups what systems say of the time under clock, and says so when none did', async () => {
    await open();
    expect((await doctor()).out).toContain('No configured system told its time');
    const clock = {
      ...fine,
      ...{
        topic: 'clock',
        level: 'warning',
        message: 'Its clock is 40 s ahead.',
        fix: 'Synchronise the clocks.',
      },
    };
    const ran = await doctor(serversThatFind({ metrics: [fine, clock] }));
    expect(ran.out).toMatch(/Warnings\n {2}clock\n {4}metrics in production \(prometheus\): Its clock/);
    expect(ran.out).not.toContain('told its time');
  });
});
