// What @hey-api/openapi-ts generates when the benchmarks run, as far as they use it, so that ours can be checked without it.
type Options = { baseUrl: string; headers: Record<string, string>; fetch?: typeof globalThis.fetch };
type Client = { readonly generated: unique symbol };

export function createClient(options: Options): Client;
export function postCredentials(options: {
  client: Client;
  body: object;
  throwOnError: true;
  signal?: AbortSignal;
}): Promise<{ data: unknown }>;
