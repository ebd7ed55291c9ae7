// A portal made with openid-client. One argument: a JSON file with what was agreed with the broker.
// /login starts a login, /callback answers with what was received, as JSON. /jwks holds a key of
// somebody else under the broker's key id, for the login that must fail.
import { createServer } from 'node:http'
import { readFileSync } from 'node:fs'
import * as client from 'openid-client'

const agreed = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
}
const waiting = new Map()

async function authentication() {
  const { kid, ...jwk } = agreed.client_key
  const key = await crypto.subtle.importKey('jwk', jwk, ALGORITHMS[agreed.client_alg], false, ['sign'])
  return client.PrivateKeyJwt({ key, kid })
}

async function discovered() {
  const metadata = { id_token_signed_response_alg: agreed.id_token_alg }
  const options = { execute: [client.allowInsecureRequests] } // loopback speaks http
  const found = await client.discovery(
    new URL(agreed.issuer), agreed.client_id, metadata, await authentication(), options,
  )
  if (!agreed.jwks_uri) return verifying(found)
  const server = { ...found.serverMetadata(), jwks_uri: agreed.jwks_uri }
  return verifying(
    new client.Configuration(server, agreed.client_id, metadata, await authentication()),
  )
}

// Without this openid-client trusts the connection and leaves the signature of the ID token alone.
function verifying(configuration) {
  client.allowInsecureRequests(configuration)
  client.enableNonRepudiationChecks(configuration)
  return configuration
}

async function login() {
  const configuration = await discovered()
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  waiting.set(state, { configuration, verifier, nonce })
  return client.buildAuthorizationUrl(configuration, {
    redirect_uri: agreed.redirect_uri,
    scope: 'openid',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
}

async function received(url) {
  const state = url.searchParams.get('state')
  const { configuration, verifier, nonce } = waiting.get(state)
  const tokens = await client.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
  const header = JSON.parse(Buffer.from(tokens.id_token.split('.')[0], 'base64url'))
  return { header, claims, userinfo }
}

async function otherKeys() {
  const theirs = await (await fetch(new URL('/jwks', agreed.issuer))).json()
  const keys = theirs.keys.map(async (jwk) => {
    const algorithm = ALGORITHMS[jwk.alg ?? agreed.id_token_alg]
    const rsa = { ...algorithm, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
    const pair = await crypto.subtle.generateKey(jwk.kty === 'RSA' ? rsa : algorithm, true, ['sign', 'verify'])
    const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
    return { ...jwk, kty, n, e, crv, x, y }
  })
  return { keys: await Promise.all(keys) }
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, agreed.base_url)
  const answer = (status, document) => {
    response.writeHead(status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(document))
  }
  try {
    if (url.pathname === '/health') return answer(200, {})
    if (url.pathname === '/jwks') return answer(200, await otherKeys())
    if (url.pathname === '/callback') return answer(200, await received(url))
    const target = await login()
    response.writeHead(303, { Location: target.href })
    return response.end()
  } catch (error) {
    const { error: word, code, name, status, cause } = error
    answer(400, { error: word ?? code ?? name, status, cause: cause?.message ?? cause })
  }
})
server.listen(new URL(agreed.base_url).port, '127.0.0.1')
