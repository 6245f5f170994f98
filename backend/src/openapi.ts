import helmet from '@fastify/helmet'
import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { apiVersion } from '@roundtable/common/api-version'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { ErrorObject } from './api-schemas.ts'

/**
 * Describes all routes registered after it, from the very schemas they check with: /v1/openapi.json, to browse at
 * /docs. Nothing is loaded from elsewhere.
 */
export async function addOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Roundtable',
        version: apiVersion,
        description: 'A social network: users, whom they follow, and their chats.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      tags: [
        { name: 'auth', description: 'Accounts and tokens' },
        { name: 'users' },
        { name: 'friends', description: 'Whom one follows' },
        { name: 'blocks', description: 'With whom one wants nothing to do' },
        { name: 'news', description: 'What those do and write whom one follows' },
        { name: 'chats', description: 'Chats and their messages' },
        { name: 'topology', description: 'The nodes as one backend sees them' },
        { name: 'service', description: 'For those who run it' },
      ],
    },
    transform: jsonSchemaTransform,
    transformObject: describeUsedSchemas,
  })
  await app.register(async (docs) => {
    await docs.register(helmet, helmetOptions)
    await docs.register(swaggerUi, { routePrefix: '/docs', uiConfig: { persistAuthorization: false } })
  })
  app.get('/v1/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** Whether TLS is spoken is up to the proxy in front: over plain http its pages must load as they are. */
const helmetOptions = {
  strictTransportSecurity: false,
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      frameAncestors: ["'none'"],
      upgradeInsecureRequests: null,
    },
  },
}

/** The library's own transform names each schema twice, as sent and as answered, though most go only one way. */
const describeUsedSchemas: SwaggerTransformObject = (given) => {
  const document = jsonSchemaTransformObject(given)
  if (!('components' in document)) return document
  const schemas = document.components?.schemas ?? {}
  const unused = () => {
    const text = JSON.stringify(document)
    return Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`))
  }
  // One that goes may have been the last to use another.
  for (let names = unused(); names.length > 0; names = unused()) {
    for (const name of names) delete schemas[name]
  }
  return document
}

/** Tells of every route in this scope which group it belongs to, how it refuses and whether it takes a token. */
export function describeRoutes(app: FastifyInstance, options: { tag: string; secured: boolean }): void {
  const { tag, secured } = options
  app.addHook('onRoute', (route) => {
    const given = route.schema ?? {}
    route.schema = {
      ...given,
      tags: [tag],
      ...(secured ? { security: [{ bearer: [] }] } : {}),
      response: { ...(given.response as object), '4xx': ErrorObject, '5xx': ErrorObject },
    }
  })
}
