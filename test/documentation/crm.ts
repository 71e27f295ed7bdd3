// Types as openapi-typescript writes them, for the examples that act on another of Rollout's APIs. The API is made up.
export interface paths {
  "/people": {
    get: {
      parameters: { query?: PageQuery };
      responses: { 200: Json<{ people: Person[]; _metadata: Metadata }>; 400: Failure };
    };
  };
  "/people/{id}": {
    get: { parameters: { path: { id: string } }; responses: { 200: Json<Person>; 404: Failure } };
  };
  "/webhooks": {
    get: {
      parameters: { query?: PageQuery };
      responses: { 200: Json<{ webhooks: Subscription[]; _metadata: Metadata }> };
    };
    post: {
      requestBody: Json<{ url: string; event: string }>;
      responses: { 201: Json<Subscription>; 409: Failure };
    };
  };
  "/webhooks/{id}": {
    put: {
      parameters: { path: { id: string } };
      requestBody: Json<{ url?: string; event?: string }>;
      responses: { 200: Json<Subscription> };
    };
    delete: { parameters: { path: { id: string } }; responses: { 200: Json<unknown> } };
  };
}

interface Json<Body> {
  content: { "application/json": Body };
}

type Failure = Json<{ errorMessage: string }>;
type PageQuery = { limit?: number; next?: string };
type Metadata = { next: string | null };
type Person = { id: string; name: string | null };
type Subscription = { id: string; status: "Active" | "Disabled"; url: string; event: string };
