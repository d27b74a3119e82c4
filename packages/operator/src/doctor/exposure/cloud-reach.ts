import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { looksLikeProduction } from './production-name.js';
import { type Reach, type Surroundings, set } from './reach.js';
import { readSmallFile, sectionNames } from './read-small-file.js';

/** Credentials for AWS, Google Cloud and Azure: variables, and what their command lines keep. */
export async function cloudReach(surroundings: Surroundings): Promise<readonly Reach[]> {
  const found = await Promise.all([aws(surroundings), google(surroundings), azure(surroundings)]);
  return found.flat();
}

async function aws({ home, variables }: Surroundings): Promise<readonly Reach[]> {
  const credentials = set(variables, 'AWS_SHARED_CREDENTIALS_FILE') ?? path.join(home, '.aws', 'credentials');
  const config = set(variables, 'AWS_CONFIG_FILE') ?? path.join(home, '.aws', 'config');
  const fromVariables = (
    [
      ['AWS_ACCESS_KEY_ID', 'access key'],
      ['AWS_WEB_IDENTITY_TOKEN_FILE', 'web identity'],
      ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'container credentials'],
      ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'container credentials'],
      ['AWS_BEARER_TOKEN_BEDROCK', 'token'],
    ] as const
  ).flatMap(([name, means]) => (set(variables, name) ? [cloud(`AWS ${name}`, 'environment', means)] : []));
  const keys = sectionNames((await readSmallFile(credentials)) ?? '');
  const profiles = sectionNames((await readSmallFile(config)) ?? '')
    .filter((name) => name === 'default' || name.startsWith('profile '))
    .map((name) => name.replace(/^profile\s+/, ''))
    .filter((name) => !keys.includes(name));
  return [
    ...fromVariables,
    ...keys.map((name) => cloud(`AWS profile ${name}`, credentials, 'access key')),
    ...profiles.map((name) => cloud(`AWS profile ${name}`, config, 'role, SSO or process')),
  ];
}

async function google({ home, variables }: Surroundings): Promise<readonly Reach[]> {
  const folder = set(variables, 'CLOUDSDK_CONFIG') ?? path.join(home, '.config', 'gcloud');
  const named = set(variables, 'GOOGLE_APPLICATION_CREDENTIALS');
  const standard = path.join(folder, 'application_default_credentials.json');
  const database = path.join(folder, 'credentials.db');
  const files = await namesIn(folder);
  return [
    ...(named === undefined ? [] : [cloud('Google Cloud GOOGLE_APPLICATION_CREDENTIALS', named, 'key file')]),
    ...(files.includes('application_default_credentials.json')
      ? [cloud('Google Cloud application default', standard, 'refresh token or key')]
      : []),
    ...(files.includes('credentials.db')
      ? [cloud('Google Cloud accounts of gcloud', database, 'refresh token')]
      : []),
  ];
}

const azureProfile = z.object({ subscriptions: z.array(z.object({ name: z.string() })).catch([]) });

async function azure({ home, variables }: Surroundings): Promise<readonly Reach[]> {
  const folder = set(variables, 'AZURE_CONFIG_DIR') ?? path.join(home, '.azure');
  const fromVariables = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_FEDERATED_TOKEN_FILE']
    .filter((name) => set(variables, name))
    .map((name) => cloud(`Azure ${name}`, 'environment', 'service principal'));
  const files = await namesIn(folder);
  const signedIn = files.some((name) =>
    /^(msal_token_cache\.(json|bin)|accessTokens\.json|service_principal_entries\.(json|bin))$/.test(name),
  );
  if (!signedIn) return fromVariables;
  const profile = path.join(folder, 'azureProfile.json');
  // The command line writes a byte order mark in front of the document.
  const text = (await readSmallFile(profile))?.replace(/^\uFEFF/, '');
  const subscriptions = azureProfile.safeParse(parsed(text)).data?.subscriptions ?? [];
  return [
    ...fromVariables,
    ...(subscriptions.length === 0
      ? [cloud('Azure accounts of az', folder, 'token cache')]
      : subscriptions.map(({ name }) => cloud(`Azure subscription ${name}`, folder, 'token cache'))),
  ];
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function cloud(name: string, place: string, means: string): Reach {
  const production = looksLikeProduction(name) ? 'likely' : 'unknown';
  return { kind: 'cloud', name: name.slice(0, 200), place, means, write: 'possible', production };
}
