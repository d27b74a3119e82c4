import { homedir } from 'node:os';
import { type KubeContext, kubeContexts } from '../doctor/exposure/kube-contexts.js';
import { type GivenChoices, plainAddress } from './given-choices.js';
import { probeAddress } from './probe-address.js';

/** What there is to ask on this machine. */
export interface Discovered {
  readonly contexts: readonly KubeContext[];
  readonly prometheus: readonly string[];
  readonly alertmanager: readonly string[];
  /** Addresses of the command line at which nothing answered; they are used all the same. */
  readonly silent: readonly string[];
}

/** Where these programs listen by themselves: Prometheus, VictoriaMetrics, Alertmanager. */
export const usualAddresses = ['http://127.0.0.1:9090', 'http://127.0.0.1:8428', 'http://127.0.0.1:9093'];

/** Contexts of the kubeconfig, addresses of this machine and of the environment's variables, and those given. */
export async function discover(
  given: GivenChoices,
  variables: NodeJS.ProcessEnv = process.env,
  usual: readonly string[] = usualAddresses,
): Promise<Discovered> {
  const named = ['PROMETHEUS_URL', 'ALERTMANAGER_URL'].flatMap((name) => plainUrl(variables[name]));
  const asked = [...given.prometheus.keys(), ...given.alertmanager.keys()];
  const addresses = [...new Set([...asked, ...named, ...usual])];
  const [contexts, probed] = await Promise.all([
    kubeContexts({ home: homedir(), variables }),
    Promise.all(addresses.map(async (address) => ({ address, found: await probeAddress(address) }))),
  ]);
  const those = (found: string) => probed.filter((one) => one.found === found).map(({ address }) => address);
  const unless = (other: ReadonlyMap<string, unknown>) => (address: string) => !other.has(address);
  return {
    contexts,
    prometheus: [
      ...new Set([...given.prometheus.keys(), ...those('prometheus').filter(unless(given.alertmanager))]),
    ],
    alertmanager: [
      ...new Set([...given.alertmanager.keys(), ...those('alertmanager').filter(unless(given.prometheus))]),
    ],
    silent: those('nothing').filter((address) => asked.includes(address)),
  };
}

/** An address with user and password is not taken over: the configuration must not hold one. */
function plainUrl(text: string | undefined): readonly string[] {
  if (text === undefined || !URL.canParse(text)) return [];
  const { protocol, username, password, search, hash } = new URL(text);
  const plain = username === '' && password === '' && search === '' && hash === '';
  return plain && /^https?:$/.test(protocol) ? [plainAddress(text)] : [];
}
