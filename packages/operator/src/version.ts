import manifest from '../package.json' with { type: 'json' };

export const manifestVersion: string = manifest.version;
