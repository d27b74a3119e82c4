import { StartError } from '@devops-mcp/runtime';
import { type Choice, choices } from './environment-class.js';

/** What the command line says of contexts and addresses. */
export interface GivenChoices {
  readonly contexts: ReadonlyMap<string, Choice>;
  readonly prometheus: ReadonlyMap<string, Choice>;
  readonly alertmanager: ReadonlyMap<string, Choice>;
}

interface GivenOptions {
  readonly context: readonly string[];
  readonly prometheus: readonly string[];
  readonly alertmanager: readonly string[];
}

/** Reads `NAME=class` and `URL=class`. Throws a StartError of kind usage for anything else. */
export function readGivenChoices({ context, prometheus, alertmanager }: GivenOptions): GivenChoices {
  return {
    contexts: new Map(context.map((text) => pair(text, '--context'))),
    prometheus: new Map(prometheus.map((text) => address(text, '--prometheus'))),
    alertmanager: new Map(alertmanager.map((text) => address(text, '--alertmanager'))),
  };
}

/** The last equals sign divides: names and addresses may hold one themselves. */
function pair(text: string, option: string): readonly [string, Choice] {
  const at = text.lastIndexOf('=');
  const choice = choices.find((one) => one === text.slice(at + 1));
  if (at < 1 || choice === undefined) {
    throw usage(`${option} ${text.slice(0, 80)}: give NAME=class with one of ${choices.join(', ')}.`);
  }
  return [text.slice(0, at), choice];
}

function address(text: string, option: string): readonly [string, Choice] {
  const [given, choice] = pair(text, option);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usage(`${option} ${text.slice(0, 80)}: give an http or https address.`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    // The text itself is not repeated: it may hold a password.
    throw usage(
      `${option}: give the address without user, password, query and fragment; a credential is named in the configuration.`,
    );
  }
  return [plainAddress(given), choice];
}

/** The same address is written the same way, whoever gives it. */
export function plainAddress(text: string): string {
  return text.replace(/\/+$/, '');
}

function usage(message: string): StartError {
  return new StartError(message, { kind: 'usage' });
}
