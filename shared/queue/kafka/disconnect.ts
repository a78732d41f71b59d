/** An admin, a producer or a consumer of kafkajs. */
interface Client {
  disconnect(): Promise<void>;
}

export async function disconnect(client: Client): Promise<void> {
  try {
    await client.disconnect();
  } catch {
    // The broker is away: it will notice by the missing heartbeats.
  }
}

/** Where `work` fails the client is disconnected: an open connection that nobody knows of keeps the process running. */
export async function orDisconnect(client: Client, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await disconnect(client);
    throw error;
  }
}
