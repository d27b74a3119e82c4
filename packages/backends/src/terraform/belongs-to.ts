import type { ServiceMapping } from '@devops-mcp/contract';

/**
 * Tells which resources are a service's: those below the addresses that its own file names
 * (`terraform.addresses`), else those whose address, name or tags hold the service's name as a
 * whole word, with `-`, `_` and `.` taken as equal.
 */
export function belongsTo(
  service: string,
  services: ServiceMapping,
): (address: string, labels: readonly string[]) => boolean {
  const set = services.setting(service, 'terraform.addresses');
  if (Array.isArray(set)) {
    const addresses = set.filter((one) => typeof one === 'string');
    return (address) => addresses.some((prefix) => isBelow(address, prefix));
  }
  const wanted = plain(service);
  return (address, labels) =>
    holdsWord(plain(address), wanted) || labels.some((label) => holdsWord(plain(label), wanted));
}

function isBelow(address: string, prefix: string): boolean {
  return address === prefix || address.startsWith(`${prefix}.`) || address.startsWith(`${prefix}[`);
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function holdsWord(text: string, word: string): boolean {
  return `-${text}-`.includes(`-${word}-`);
}
