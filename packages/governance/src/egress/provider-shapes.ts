interface Shape {
  readonly kind: string;
  /** Bounded repetitions of one class after a literal; no capturing groups. */
  readonly pattern: string;
}

const word = '[A-Za-z0-9]';
const url = '[A-Za-z0-9_-]';
const base64 = '[A-Za-z0-9+/=_-]';
const end = '(?![A-Za-z0-9])';

/** Shapes of credentials, from the providers' own documentation of their formats. */
const shapes: readonly Shape[] = [
  { kind: 'aws-access-key', pattern: `(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}${end}` },
  { kind: 'aws-bedrock-key', pattern: `ABSK${base64}{40,300}` },
  { kind: 'github-token', pattern: `gh[pousr]_${word}{20,255}|github_pat_[A-Za-z0-9_]{20,255}` },
  { kind: 'gitlab-token', pattern: `gl(?:pat|dt|rt|ptt|cbt|soat|ft|imt|agent|oas)-${url}{20,300}` },
  { kind: 'slack-token', pattern: `(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,250}` },
  {
    kind: 'slack-webhook',
    pattern: 'hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,200}',
  },
  { kind: 'discord-webhook', pattern: `discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/${url}{60,80}` },
  { kind: 'stripe-key', pattern: `[sr]k_(?:live|test)_${word}{10,200}|whsec_${base64}{16,200}` },
  { kind: 'google-api-key', pattern: `AIza${url}{35}` },
  { kind: 'google-oauth', pattern: `ya29\\.${url}{20,2048}|GOCSPX-${url}{20,60}|1//0${url}{30,200}` },
  {
    kind: 'azure-storage-key',
    pattern: '(?:AccountKey|SharedAccessKey|SharedAccessSignature)\\s?=?\\s?[A-Za-z0-9+/=%&_-]{20,300}',
  },
  { kind: 'azure-sas', pattern: 'sig=[A-Za-z0-9%+/=]{30,120}' },
  { kind: 'npm-token', pattern: `npm_${word}{36}${end}` },
  { kind: 'pypi-token', pattern: `pypi-${url}{32,250}` },
  { kind: 'rubygems-key', pattern: `rubygems_[0-9a-f]{48}` },
  { kind: 'crates-token', pattern: `cio${word}{32}${end}` },
  { kind: 'sendgrid-key', pattern: `SG\\.${url}{16,32}\\.${url}{32,64}` },
  { kind: 'twilio-key', pattern: `(?:SK|AC)[0-9a-f]{32}${end}` },
  { kind: 'mailgun-key', pattern: `key-[0-9a-f]{32}${end}` },
  { kind: 'anthropic-or-openai-key', pattern: `sk-(?:ant-|proj-|svcacct-|admin-)?${url}{20,250}` },
  { kind: 'huggingface-token', pattern: `hf_${word}{30,60}` },
  {
    kind: 'hashicorp-token',
    pattern: `hv[sbr]\\.${url}{20,300}`,
  },
  { kind: 'pulumi-token', pattern: `pul-[0-9a-f]{40}${end}` },
  { kind: 'digitalocean-token', pattern: 'do[opr]_v1_[0-9a-f]{64}' },
  { kind: 'flyio-token', pattern: `(?:fo1_${url}{40,60}|FlyV1 fm[12]_${base64}{40,600})` },
  { kind: 'heroku-key', pattern: `HRKU-${url}{30,80}` },
  { kind: 'netlify-token', pattern: `nfp_${word}{36,48}` },
  { kind: 'supabase-token', pattern: 'sbp_[0-9a-f]{40}' },
  { kind: 'planetscale-token', pattern: `pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,64}` },
  { kind: 'cloudinary-url', pattern: 'cloudinary://[0-9]{10,20}:[A-Za-z0-9_-]{20,40}@' },
  { kind: 'shopify-token', pattern: 'shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}' },
  { kind: 'square-token', pattern: `sq0[a-z]{3}-${url}{22,60}` },
  { kind: 'grafana-token', pattern: `glsa_${word}{32}_[0-9a-f]{8}|glc_${base64}{32,400}` },
  { kind: 'new-relic-key', pattern: `NR(?:AK|II|RA|JS)-${url}{19,40}` },
  { kind: 'sentry-token', pattern: `sntry[su]_${base64}{32,400}` },
  { kind: 'dynatrace-token', pattern: 'dt0[a-z][0-9]{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}' },
  { kind: 'pagerduty-token', pattern: `pdus\\+_${url}{20,60}` },
  {
    kind: 'launchdarkly-key',
    pattern: '(?:sdk|api|mob)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}',
  },
  { kind: 'docker-token', pattern: `dckr_[a-z]{3}_${url}{20,60}` },
  { kind: 'artifactory-token', pattern: `AKCp[0-9]${word}{60,80}|cmVmdGtuO${word}{40,80}` },
  { kind: 'buildkite-token', pattern: `bku[ai]_[0-9a-z]{40}` },
  { kind: 'circleci-token', pattern: `CCIP(?:AT|RJ)_${word}{22}_[0-9a-f]{40}` },
  { kind: 'doppler-token', pattern: `dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9_.-]{40,80}` },
  { kind: 'databricks-token', pattern: `dapi[0-9a-f]{32}` },
  { kind: 'atlassian-token', pattern: `AT(?:ATT|CTT|BB)[A-Za-z0-9_=-]{20,250}` },
  { kind: 'linear-key', pattern: `lin_(?:api|oauth)_${word}{32,64}` },
  { kind: 'notion-token', pattern: `(?:secret_${word}{43}|ntn_${word}{40,60})` },
  { kind: 'postman-key', pattern: 'PMAK-[0-9a-f]{24}-[0-9a-f]{34}' },
  { kind: 'tailscale-key', pattern: `tskey-[a-z]{3,10}-[A-Za-z0-9-]{16,80}` },
  { kind: 'onepassword-token', pattern: `ops_eyJ${base64}{100,2000}` },
  { kind: 'age-key', pattern: 'AGE-SECRET-KEY-1[A-Z0-9]{50,70}' },
  { kind: 'discord-token', pattern: `[MNO]${url}{23,27}\\.${url}{6}\\.${url}{27,40}` },
  { kind: 'jwt', pattern: `eyJ${url}{8,512}\\.${url}{8,8192}(?:\\.${url}{0,2048})?` },
];

/** Those that begin like any other word, and are looked for only where the literal in them occurs. */
const anywhere: readonly (Shape & { readonly literal: string })[] = [
  { kind: 'azure-client-secret', literal: 'Q~', pattern: `[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}` },
  { kind: 'mailchimp-key', literal: '-us', pattern: `[0-9a-f]{32}-us[0-9]{1,2}${end}` },
  { kind: 'telegram-token', literal: ':AA', pattern: `[0-9]{8,10}:AA${url}{32,36}` },
  { kind: 'hashicorp-token', literal: '.atlasv1.', pattern: `${word}{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,80}` },
  {
    kind: 'teams-webhook',
    literal: '.webhook.office.com',
    pattern: `[a-z0-9-]{1,60}\\.webhook\\.office\\.com/webhookb2/[A-Za-z0-9@/_-]{60,300}`,
  },
];

// A credential begins where a word begins, which is cheap to see and rules out most places of a text.
const begin = '(?<![A-Za-z0-9])';
const alternatives = shapes.map(({ pattern }) => `(${pattern})`).join('|');
const combined = new RegExp(`${begin}(?:${alternatives})`, 'g');
const wordLike = anywhere.map((shape) => ({
  ...shape,
  expression: new RegExp(`${begin}${shape.pattern}`, 'g'),
}));
const urlPassword = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"'<>]{0,256}:[^\s/@"'<>]{1,256}@/gi;
const authorization = /\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC|[Nn]egotiate) {1,2}[A-Za-z0-9+/=._~-]{12,4096}/g;
const keyBegin = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const keyEnd = /-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;

/** Replaces what has the shape of a provider's credential or of a private key. */
export function withoutProviderShapes(text: string): string {
  let clean = text.includes('PRIVATE KEY') ? withoutPrivateKeys(text) : text;
  for (const { kind, literal, expression } of wordLike) {
    if (clean.includes(literal)) clean = clean.replace(expression, `[redacted:${kind}]`);
  }
  return clean.replace(combined, (_, ...groups: readonly unknown[]) => {
    const kind = shapes[groups.findIndex((group) => group !== undefined)]?.kind;
    return `[redacted:${kind}]`;
  });
}

/** Replaces user and password in an address; the host stays for who reads it. */
export function withoutUrlPasswords(text: string): string {
  return text.includes('://') ? text.replace(urlPassword, '$1[redacted:url-password]@') : text;
}

/** Replaces what follows the scheme of an `Authorization` header, and the scheme with it. */
export function withoutAuthorization(text: string): string {
  return text.replace(authorization, (match) => (looksEncoded(match) ? '[redacted:authorization]' : match));
}

/** "Basic authentication" is prose; what follows the scheme of a credential has digits or mixed case. */
function looksEncoded(credential: string): boolean {
  const value = credential.slice(credential.indexOf(' ')).trim();
  return /[0-9=]/.test(value) || /[a-z][A-Z]/.test(value);
}

/** A key without an end goes on to the end of the text. */
function withoutPrivateKeys(text: string): string {
  let clean = '';
  let from = 0;
  keyBegin.lastIndex = 0;
  for (let begin = keyBegin.exec(text); begin !== null; begin = keyBegin.exec(text)) {
    keyEnd.lastIndex = keyBegin.lastIndex;
    clean += `${text.slice(from, begin.index)}[redacted:private-key]`;
    if (keyEnd.exec(text) === null) return clean;
    from = keyEnd.lastIndex;
    keyBegin.lastIndex = from;
  }
  return clean + text.slice(from);
}
