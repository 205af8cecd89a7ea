/** One node of the address tree: its literal children by lower-case name, and at most one id. */
interface AddressNode {
  readonly children: ReadonlyMap<string, AddressNode>;
  readonly anyId: AddressNode | undefined;
  /** The address so far, in the spelling of the routes, e.g. `/beta/users/{user}`. */
  readonly route: string;
}

type AddressTree = { readonly [segment: string]: AddressTree };

/** The ids in an address, percent-decoded; empty where the address has none. */
export interface AddressParameters {
  user: string;
  id: string;
  type: string;
  request: string;
  card: string;
}

export interface Address {
  /** Ids are replaced by their placeholders, so that every route is a constant. */
  readonly route: string;
  readonly parameters: AddressParameters;
  /** The first segment that the dialect does not know. */
  readonly unknownSegment?: string;
}

const METHODS: AddressTree = {
  assignAndActivate: {},
  assignAndActivateBySerialNumber: {},
  '{id}': { activate: {}, deactivate: {} },
};
const QR_CODE_PIN: AddressTree = {
  standardQRCode: {},
  temporaryQRCode: {},
  pin: { updatePin: {} },
  updatePin: {},
};
const USER: AddressTree = {
  authentication: { hardwareOathMethods: METHODS, qrCodePinMethod: QR_CODE_PIN },
};
const USER_V1: AddressTree = { authentication: { qrCodePinMethod: QR_CODE_PIN } };

const CARD_KEYS: AddressTree = {
  diversifiedkey: {},
  authenticationresponse: {},
  serverproposedpin: {},
};
/** MIM CM, under the virtual folder that its installation makes. */
const CERTIFICATE_MANAGEMENT: AddressTree = {
  profiletemplates: {
    '{id}': {
      policies: { '{type}': {} },
      policy: { workflow: { '{type}': {} } },
      configuration: { smartcards: {} },
    },
  },
  requests: {
    '{request}': {
      smartcards: { '{card}': CARD_KEYS },
      profiles: {},
      certificaterequestgenerationoptions: {},
      certificatedata: {},
    },
  },
  smartcards: { '{card}': { operations: {}, certificates: {}, serverproposedpin: {} } },
  profiles: { '{id}': { operations: {}, certificates: {} } },
  certificates: {},
};

/** Every address of Graph and MIM CM. Graph's `v1.0` knows the way but not the preview resources. */
const TREE = nodeOf('', {
  CertificateManagement: { api: { 'v1.0': CERTIFICATE_MANAGEMENT } },
  beta: {
    $batch: {},
    me: USER,
    users: { '{user}': USER },
    directory: {
      authenticationMethodDevices: {
        hardwareOathDevices: { '{id}': { assignTo: { $ref: {} } } },
      },
    },
    policies: {
      authenticationMethodsPolicy: {
        authenticationMethodConfigurations: { qrCodePin: {}, '{id}': {} },
      },
    },
  },
  'v1.0': {
    $batch: {},
    me: USER_V1,
    users: { '{user}': USER_V1 },
    directory: {},
    policies: {
      authenticationMethodsPolicy: { authenticationMethodConfigurations: { qrCodePin: {} } },
    },
  },
});

function nodeOf(route: string, tree: AddressTree): AddressNode {
  const children = new Map<string, AddressNode>();
  let anyId: AddressNode | undefined;
  for (const [name, below] of Object.entries(tree)) {
    const child = nodeOf(`${route}/${name}`, below);
    if (name.startsWith('{')) anyId = child;
    else children.set(name.toLowerCase(), child);
  }
  return { children, anyId, route };
}

/** The classic SDK glues an absolute http nextLink onto its base: `/beta/http://host/beta/…`. */
const GLUED_LINK = /^\/[^/]+\/https?:\/{1,2}[^/]+(?=\/)/i;

/**
 * Resolves a path to its route: segments match in any letter case, ids stay as sent, a glued
 * nextLink is unwrapped, and an action may carry its namespace (`microsoft.graph.`). A path
 * outside `/beta`, `/v1.0` and `/CertificateManagement` is its own route.
 */
export function resolveAddress(path: string): Address {
  const parameters = { user: '', id: '', type: '', request: '', card: '' };
  const whole = path.includes(':/') ? path.replace(GLUED_LINK, '') : path;
  const segments = (whole.endsWith('/') ? whole.slice(0, -1) : whole).split('/');
  let node = TREE.children.get((segments[1] ?? '').toLowerCase());
  if (!node) return { route: path, parameters };
  for (let index = 2; index < segments.length; index++) {
    const segment = segments[index]!;
    const child: AddressNode | undefined =
      node.children.get(literalName(segment)) ?? (segment === '' ? undefined : node.anyId);
    if (!child) return { route: path, parameters, unknownSegment: decode(segment) };
    if (child === node.anyId) parameters[placeholderOf(child.route)] = decode(segment);
    node = child;
  }
  return { route: node.route, parameters };
}

function placeholderOf(route: string): keyof AddressParameters {
  return route.slice(route.lastIndexOf('{') + 1, -1) as keyof AddressParameters;
}

function literalName(segment: string): string {
  const lower = segment.toLowerCase();
  const name = lower.startsWith('%24') ? `$${lower.slice(3)}` : lower;
  return name.startsWith('microsoft.graph.') ? name.slice('microsoft.graph.'.length) : name;
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A request, and the folder that the server answers below (AppOptions). */
interface Called {
  readonly url: string | URL;
  readonly basePath: string;
}

/** Where the one who called finds the server: the start of every address in an answer. */
export function serverAddress({ url, basePath }: Called): string {
  return new URL(url).origin + basePath;
}
