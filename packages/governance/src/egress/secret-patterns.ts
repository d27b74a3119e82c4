/**
 * Shapes of credentials, from the providers' own documentation of their token formats. Every pattern
 * is linear: bounded repetitions of one character class and no nested quantifiers. `marker` is a
 * literal that must occur before the pattern is tried, so that clean text costs one search each.
 */
export interface SecretPattern {
  readonly kind: string;
  readonly markers: readonly string[];
  readonly pattern: RegExp;
}

export const secretPatterns: readonly SecretPattern[] = [
  {
    kind: 'private-key',
    markers: ['PRIVATE KEY'],
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
  },
  {
    kind: 'aws-access-key',
    markers: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g,
  },
  {
    kind: 'github-token',
    markers: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})/g,
  },
  {
    kind: 'gitlab-token',
    markers: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glsoat-'],
    pattern: /\bgl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_-]{20,120}/g,
  },
  {
    kind: 'slack-token',
    markers: ['xox', 'xapp-'],
    pattern: /\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,250}/g,
  },
  {
    kind: 'slack-webhook',
    markers: ['hooks.slack.com'],
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9/_-]{20,200}/g,
  },
  {
    kind: 'stripe-key',
    markers: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
    pattern: /\b(?:[sr]k_(?:live|test)_[A-Za-z0-9]{10,200}|whsec_[A-Za-z0-9+/=]{16,200})/g,
  },
  { kind: 'google-api-key', markers: ['AIza'], pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  {
    kind: 'google-oauth',
    markers: ['ya29.', 'GOCSPX-'],
    pattern: /\b(?:ya29\.[A-Za-z0-9_-]{20,2048}|GOCSPX-[A-Za-z0-9_-]{20,60})/g,
  },
  {
    kind: 'azure-storage-key',
    markers: ['AccountKey=', 'SharedAccessKey=', 'SharedAccessSignature'],
    pattern: /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)\s?=?\s?[A-Za-z0-9+/=%&_-]{20,300}/g,
  },
  { kind: 'azure-sas', markers: ['sig='], pattern: /\bsig=[A-Za-z0-9%+/=]{30,120}/g },
  { kind: 'npm-token', markers: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'pypi-token', markers: ['pypi-'], pattern: /\bpypi-[A-Za-z0-9_-]{32,250}/g },
  { kind: 'sendgrid-key', markers: ['SG.'], pattern: /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}/g },
  { kind: 'twilio-key', markers: ['SK', 'AC'], pattern: /\b(?:SK|AC)[0-9a-f]{32}\b/g },
  {
    kind: 'anthropic-or-openai-key',
    markers: ['sk-'],
    pattern: /\bsk-(?:ant-|proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,250}/g,
  },
  {
    kind: 'hashicorp-token',
    markers: ['hvs.', 'hvb.', 'hvr.', 'atlasv1'],
    pattern: /\b(?:hv[sbr]\.[A-Za-z0-9_-]{20,300}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,80})/g,
  },
  {
    kind: 'digitalocean-token',
    markers: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: /\bdo[opr]_v1_[0-9a-f]{64}/g,
  },
  {
    kind: 'shopify-token',
    markers: ['shpat_', 'shpss_', 'shpca_', 'shppa_'],
    pattern: /\bshp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}/g,
  },
  {
    kind: 'grafana-token',
    markers: ['glsa_', 'glc_'],
    pattern: /\b(?:glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/=]{32,400})/g,
  },
  {
    kind: 'new-relic-key',
    markers: ['NRAK-', 'NRII-', 'NRAL'],
    pattern: /\b(?:NRAK|NRII)-[A-Za-z0-9_-]{27,40}/g,
  },
  { kind: 'sentry-token', markers: ['sntrys_', 'sntryu_'], pattern: /\bsntry[su]_[A-Za-z0-9+/=_-]{32,400}/g },
  { kind: 'docker-token', markers: ['dckr_pat_'], pattern: /\bdckr_pat_[A-Za-z0-9_-]{20,60}/g },
  { kind: 'databricks-token', markers: ['dapi'], pattern: /\bdapi[0-9a-f]{32}\b/g },
  { kind: 'linear-key', markers: ['lin_api_'], pattern: /\blin_api_[A-Za-z0-9]{32,64}/g },
  { kind: 'age-key', markers: ['AGE-SECRET-KEY-'], pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{50,70}/g },
  { kind: 'telegram-token', markers: [':AA'], pattern: /\b[0-9]{8,10}:AA[A-Za-z0-9_-]{32,36}/g },
  {
    kind: 'jwt',
    markers: ['eyJ'],
    pattern: /\beyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,8192}(?:\.[A-Za-z0-9_-]{0,2048})?/g,
  },
  {
    kind: 'authorization',
    markers: ['earer ', 'EARER ', 'asic ', 'BASIC '],
    pattern: /\b(?:bearer|basic) [A-Za-z0-9+/=._~-]{12,4096}/gi,
  },
  {
    kind: 'url-password',
    markers: ['://'],
    pattern: /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"'<>]{0,256}:[^\s/@"'<>]{1,256}@/gi,
  },
];

/** Names under which a value is secret whatever it looks like. */
export const secretKey =
  /(?:^|[_.\-\s])(?:password|passwd|passphrase|pwd|secret|api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?|private[_-]?key|client[_-]?secret|auth[_-]?token|access[_-]?token|refresh[_-]?token|id[_-]?token|session[_-]?token|bearer|authorization|cookie|set-cookie|credential|dsn|connection[_-]?string)s?$/i;

/** `password=...`, `"api_key": "..."`: the value goes, the name stays so that a reader knows what was there. */
export const assignment =
  /\b((?:[A-Za-z0-9]{1,40}[_.-]){0,4}(?:password|passwd|passphrase|pwd|secret|api[_-]?key|apikey|access[_-]?key|private[_-]?key|token|authorization|credentials?)["']?\s{0,3}(?:=|:)\s{0,3}["']?)(?!\[redacted)[^\s"',;&)}\]]{3,512}/gi;
export const assignmentMarkers = [
  'pass',
  'Pass',
  'PASS',
  'pwd',
  'PWD',
  'ecret',
  'ECRET',
  'key',
  'Key',
  'KEY',
  'oken',
  'OKEN',
  'uthorization',
  'UTHORIZATION',
  'redential',
  'REDENTIAL',
];
