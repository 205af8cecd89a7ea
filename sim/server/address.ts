/** One node of the address tree: its literal children by lower-case name, and at most one `{id}`. */
interface AddressNode {
  readonly children: ReadonlyMap<string, { readonly name: string; readonly node: AddressNode }>;
  readonly anyId: AddressNode | undefined;
}

type AddressTree = { readonly [segment: string]: AddressTree };

const METHODS: AddressTree = {
  assignAndActivate: {},
  assignAndActivateBySerialNumber: {},
  '{id}': { activate: {}, deactivate: {} },
};
const USER: AddressTree = { authentication: { hardwareOathMethods: METHODS } };

/** Every address of the Graph dialect. `v1.0` knows the way but not the preview resources. */
const TREE = nodeOf({
  beta: {
    $batch: {},
    me: USER,
    users: { '{id}': USER },
    directory: {
      authenticationMethodDevices: {
        hardwareOathDevices: { '{id}': { assignTo: { $ref: {} } } },
      },
    },
    policies: {
      authenticationMethodsPolicy: { authenticationMethodConfigurations: { '{id}': {} } },
    },
  },
  'v1.0': {
    $batch: {},
    me: { authentication: {} },
    users: { '{id}': { authentication: {} } },
    directory: {},
    policies: { authenticationMethodsPolicy: { authenticationMethodConfigurations: {} } },
  },
});

function nodeOf(tree: AddressTree): AddressNode {
  const named = Object.entries(tree).filter(([name]) => name !== '{id}');
  return {
    children: new Map(
      named.map(([name, child]) => [name.toLowerCase(), { name, node: nodeOf(child) }]),
    ),
    anyId: tree['{id}'] && nodeOf(tree['{id}']),
  };
}

/** The classic SDK glues an absolute http nextLink onto its base: `/beta/http://host/beta/…`. */
const GLUED_LINK = /^\/[^/]+\/https?:\/{1,2}[^/]+(?=\/)/i;

/**
 * The path in the spelling of the routes: segments match in any letter case, ids stay as sent, a
 * glued nextLink is unwrapped, and an action may carry its namespace (`microsoft.graph.`).
 * Paths outside `/beta` and `/v1.0` are returned unchanged.
 *
 * @returns the path, and the first segment that the dialect does not know
 */
export function resolveAddress(path: string): { path: string; unknownSegment?: string } {
  const [, version, ...segments] = path.replace(GLUED_LINK, '').replace(/\/$/, '').split('/');
  const start = TREE.children.get((version ?? '').toLowerCase());
  if (!start) return { path };
  let node = start.node;
  let canonical = `/${start.name}`;
  for (const segment of segments) {
    const name = segment
      .toLowerCase()
      .replace('%24', '$')
      .replace(/^microsoft\.graph\./, '');
    const child = node.children.get(name);
    if (child === undefined && (node.anyId === undefined || segment === '')) {
      return { path, unknownSegment: decode(segment) };
    }
    node = child ? child.node : node.anyId!;
    canonical += `/${child ? child.name : segment}`;
  }
  return { path: canonical };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
