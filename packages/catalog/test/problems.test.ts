import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogBounds, loadCatalog } from '../src/index.js';
import { catalogFolder, component, entity } from './catalog-folder.js';

const team = entity('Group', 'team-a', '{ type: team, children: [] }');
const sound = component('sound', 'owner: team-a');

describe('references', () => {
  it('that are broken are reported with their line and a suggestion, and the rest is loaded', async () => {
    const folder = catalogFolder({
      'teams.yaml': team,
      'sound.yaml': sound,
      'web.yaml': component(
        'web',
        'owner: team-b\ndependsOn:\n  - component:sound\n  - component:sond\n  - sound',
      ),
    });
    const { services, ownership, problems } = await loadCatalog({ paths: [folder] });
    const file = join(folder, 'web.yaml');
    expect(problems).toMatchObject([
      { code: 'broken_reference', file, line: 8, message: expect.stringContaining('group:default/team-b') },
      { code: 'broken_reference', file, line: 11, hint: 'Did you mean component:default/sound?' },
      { code: 'broken_reference', file, line: 12, message: expect.stringContaining('names no kind') },
    ]);
    expect(problems[0]?.column).toBe(3);
    expect(services.get('web')).toMatchObject({ owner: null, dependsOn: ['sound'] });
    expect(ownership.ownerOf('web')).toBeUndefined();
    expect(ownership.ownerOf('sound')).toBe('group:default/team-a');
  });

  it.each([
    ['missing', 'system: null'],
    ['a list', 'owner: [team-a]'],
    ['a component', 'owner: component:sound'],
  ])('to an owner that is %s give no owner', async (_, spec) => {
    const folder = catalogFolder({ 'all.yaml': [team, sound, component('web', spec)].join('---\n') });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.get('web')?.owner).toBeNull();
    expect(problems).toMatchObject([{ code: 'no_owner' }]);
  });
});

describe('names', () => {
  it('used twice are reported where the second is, whatever their case', async () => {
    const folder = catalogFolder({
      'a.yaml': `${team}---\n${sound}`,
      'b.yaml': `${component('other', 'owner: team-a')}---\n${component('Sound', 'owner: team-a')}`,
    });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list().map((service) => service.name)).toEqual(['other', 'sound']);
    expect(problems).toMatchObject([{ code: 'duplicate_name', file: join(folder, 'b.yaml'), line: 13 }]);
    expect(problems[0]?.message).toContain(join(folder, 'a.yaml'));
  });

  it('used in two namespaces are reported, since tools know services by name', async () => {
    const spaced = sound.replace('  name: sound', '  name: sound\n  namespace: other');
    const folder = catalogFolder({ 'a.yaml': [team, sound].join('---\n'), 'b.yaml': spaced });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list()).toHaveLength(1);
    expect(problems.map((problem) => problem.code)).toContain('duplicate_name');
  });

  it('that cannot be names leave the entity out', async () => {
    const folder = catalogFolder({ 'a.yaml': [team, sound, component('42', 'owner: team-a')].join('---\n') });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list().map((service) => service.name)).toEqual(['sound']);
    expect(problems).toMatchObject([{ code: 'invalid_entity', line: 19 }]);
  });
});

it('reports each circle of dependencies once and keeps its services', async () => {
  const needs = (name: string, target: string) =>
    component(name, `owner: team-a\ndependsOn: [component:${target}]`);
  const folder = catalogFolder({
    'all.yaml': [team, needs('a', 'b'), needs('b', 'c'), needs('c', 'a'), needs('self', 'self')].join(
      '---\n',
    ),
  });
  const { services, ownership, problems } = await loadCatalog({ paths: [folder] });
  expect(problems.map((problem) => [problem.code, problem.message])).toEqual([
    ['cycle', 'Services depend on each other in a circle: a -> b -> c -> a.'],
    ['cycle', 'Services depend on each other in a circle: self -> self.'],
  ]);
  expect(services.list()).toHaveLength(4);
  expect(ownership.dependentsOf('a')).toEqual(['b', 'c']);
});

describe('YAML', () => {
  it('that is broken costs one document and names the line', async () => {
    const folder = catalogFolder({ 'a.yaml': `${team}---\nkind: [unclosed\n---\n${sound}` });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.get('sound')?.owner).toBe('group:default/team-a');
    expect(problems).toMatchObject([{ code: 'syntax', file: join(folder, 'a.yaml') }]);
    expect(problems[0]?.line).toBeGreaterThanOrEqual(7);
    expect(problems[0]?.line).toBeLessThanOrEqual(8);
  });

  it('with keys twice is refused', async () => {
    const folder = catalogFolder({ 'a.yaml': `${team}---\n${sound}  owner: team-b\n` });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list()).toEqual([]);
    expect(problems).toMatchObject([{ code: 'syntax', line: 15 }]);
  });

  it('whose aliases expand without end is refused', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(10).fill(`*l${i}`).join(', ')}]`,
    );
    const bomb = `apiVersion: backstage.io/v1alpha1\nl0: &l0 [x, x]\n${levels.join('\n')}\n`;
    const folder = catalogFolder({ 'a.yaml': `${team}---\n${sound}`, 'bomb.yaml': bomb });
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(problems).toMatchObject([{ code: 'syntax', message: expect.stringContaining('Aliases') }]);
    expect(services.list()).toHaveLength(1);
  });

  it('does not reach prototypes', async () => {
    const folder = catalogFolder({
      'a.yaml': `${team}---\n${component('web', 'owner: team-a\n__proto__: { polluted: yes }')}`,
    });
    const { services } = await loadCatalog({ paths: [folder] });
    expect(services.get('web')).toBeDefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('files', () => {
  it('that are too large or no text are reported and skipped', async () => {
    const folder = catalogFolder({
      'a.yaml': `${team}---\n${sound}`,
      'large.yaml': `${component('large', 'owner: team-a')}# ${'x'.repeat(catalogBounds.fileBytes)}\n`,
    });
    writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list()).toHaveLength(1);
    expect(problems).toMatchObject([
      { code: 'unreadable', file: join(folder, 'binary.yaml') },
      { code: 'too_large', file: join(folder, 'large.yaml') },
    ]);
  });

  it('behind links that leave the folder are not read', async () => {
    const outside = catalogFolder({ 'secret.yaml': component('secret', 'owner: team-a') });
    const folder = catalogFolder({ 'a.yaml': `${team}---\n${sound}` });
    symlinkSync(join(outside, 'secret.yaml'), join(folder, 'link.yaml'));
    symlinkSync(outside, join(folder, 'linked'));
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list().map((service) => service.name)).toEqual(['sound']);
    expect(problems.map((problem) => problem.code)).toEqual(['outside_folder', 'outside_folder']);
  });

  it('behind links that stay inside are read once, as in a mounted ConfigMap', async () => {
    const folder = catalogFolder({});
    mkdirSync(join(folder, '..2026_01_01'));
    writeFileSync(join(folder, '..2026_01_01', 'catalog-info.yaml'), `${team}---\n${sound}`);
    symlinkSync('..2026_01_01', join(folder, '..data'));
    symlinkSync('..data/catalog-info.yaml', join(folder, 'catalog-info.yaml'));
    symlinkSync('..data/catalog-info.yaml', join(folder, 'again.yaml'));
    const { services, problems } = await loadCatalog({ paths: [folder] });
    expect(services.list()).toHaveLength(1);
    expect(problems).toEqual([]);
  });
});

it('drops annotations that are no strings and says so', async () => {
  const folder = catalogFolder({
    'a.yaml': `${team}---\n${component('web', 'owner: team-a', 'example.com/id: 007')}`,
  });
  const { services, problems } = await loadCatalog({ paths: [folder] });
  expect(services.get('web')?.annotations).toEqual({});
  expect(problems).toMatchObject([{ code: 'invalid_entity', line: 12, hint: 'Put the value in quotes.' }]);
});
