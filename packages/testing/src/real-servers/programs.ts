import { findProgram } from './find-program.js';

export type RealProgram = 'prometheus' | 'promtool' | 'alertmanager' | 'node-exporter' | 'victoria-metrics';

/** Debian's name of each program first, then the one its authors publish it under. */
const programs: Readonly<Record<RealProgram, readonly [string, ...string[]]>> = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['prometheus-alertmanager', 'alertmanager'],
  'node-exporter': ['prometheus-node-exporter', 'node_exporter'],
  'victoria-metrics': ['victoria-metrics', 'victoria-metrics-prod'],
};

/**
 * For `describe.skipIf(lacks('prometheus', 'promtool'))`: true, with a line on standard error that
 * says what is missing, where one of them is not installed. In CI it throws instead.
 */
export function lacks(...wanted: readonly RealProgram[]): boolean {
  const missing = wanted.filter((name) => findProgram(...programs[name]) === undefined);
  if (missing.length > 0) {
    console.error(`skipped: ${missing.join(' and ')} must be installed for these tests`);
  }
  return missing.length > 0;
}

/** The path of a program that the test has asked `lacks` for. */
export function programPath(name: RealProgram): string {
  const path = findProgram(...programs[name]);
  if (path === undefined) {
    throw new Error(`${name} is not installed; wrap the test in describe.skipIf(lacks('${name}')).`);
  }
  return path;
}
