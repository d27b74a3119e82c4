// Stands in for what the part of the Kubernetes SDK that reads kubeconfig imports and this suite never
// uses: the classes of every kind of the API, a fetch of its own, and agents for SOCKS proxies, which
// are refused with a message before. Together they are four fifths of that chunk, and compiling it holds
// up everything else. Whoever does ask for one must notice.
export class Headers {
  constructor() {
    throw notInBuild('the fetch of the Kubernetes SDK');
  }
}

export class ServerConfiguration {
  constructor() {
    throw notInBuild('the API classes of the Kubernetes SDK');
  }
}

export function createConfiguration() {
  throw notInBuild('the API classes of the Kubernetes SDK');
}

export class SocksProxyAgent {
  constructor() {
    throw notInBuild('the SOCKS proxy agent');
  }
}

function notInBuild(what) {
  return new Error(`${what} is not part of this build`);
}
