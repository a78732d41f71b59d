import { z } from 'zod';

/** Of the Kubernetes objects that the chart renders, what tests look at. */
const names = z.array(z.object({ name: z.string() }));
const texts = z.record(z.string(), z.string());
const metadata = z.object({ name: z.string(), annotations: texts.optional() });

export const configMap = z.object({ kind: z.literal('ConfigMap'), data: texts });
export const service = z.object({
  kind: z.literal('Service'),
  metadata,
  spec: z.object({ selector: texts, ports: z.array(z.object({ targetPort: z.string() })) }),
});
export const ingress = z.object({ kind: z.literal('Ingress'), metadata });
export const networkPolicy = z.object({
  kind: z.literal('NetworkPolicy'),
  spec: z.object({
    podSelector: z.object({ matchLabels: texts }),
    ingress: z.array(
      z.object({
        from: z.array(z.looseObject({})).min(1),
        ports: z.tuple([z.object({ port: z.string() })]),
      }),
    ),
  }),
});
export const workload = z.object({
  kind: z.enum(['Deployment', 'StatefulSet']),
  spec: z.object({
    strategy: z.object({ type: z.string() }).optional(),
    volumeClaimTemplates: z.array(z.object({ metadata: z.object({ name: z.string() }) })).optional(),
    template: z.object({
      metadata: z.object({ labels: texts }),
      spec: z.looseObject({
        volumes: names,
        containers: z.array(
          z.looseObject({
            name: z.string(),
            image: z.string(),
            ports: names,
            env: z.array(z.object({ name: z.string(), valueFrom: z.unknown().optional() })),
            volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
          }),
        ),
      }),
    }),
  }),
});

/** The objects of one kind. */
export function allOf<T>(kind: z.ZodType<T>, documents: readonly unknown[]): T[] {
  return documents.flatMap((document) => {
    const parsed = kind.safeParse(document);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Configuration files by their names. */
export function configurationsIn(documents: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...allOf(configMap, documents).map(({ data }) => data));
}
