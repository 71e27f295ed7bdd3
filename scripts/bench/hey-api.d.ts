// What @hey-api/openapi-ts generates when the benchmarks run, as far as they use it: its types must not be needed to check ours.
declare module "#hey-api" {
  type Options = { baseUrl: string; headers: Record<string, string>; fetch?: typeof globalThis.fetch };
  type Client = { readonly generated: unique symbol };

  export function createClient(options: Options): Client;
  export function postCredentials(options: {
    client: Client;
    body: object;
    throwOnError: true;
    signal?: AbortSignal;
  }): Promise<{ data: unknown }>;
}
