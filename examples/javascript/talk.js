// Talk from Node with the official Socket.IO client: every line typed is posted, every message of
// the conversation is printed. Without an account you are a guest, in the plaza.
//
//   npm install && npm run talk
//   TERTULIA_LOGIN=ana TERTULIA_PASSWORD=… npm run talk -- general

import { createInterface } from 'node:readline'
import { io } from 'socket.io-client'

const url = process.env.TERTULIA_URL ?? 'http://127.0.0.1:8000'
const channel = process.argv[2] ?? 'plaza'

async function signIn(login, password) {
  const response = await fetch(`${url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail)
  return answer.token
}

const { TERTULIA_LOGIN: login, TERTULIA_PASSWORD: password } = process.env
const auth = login ? { token: await signIn(login, password) } : { name: 'Juana' }
const socket = io(url, { auth })

/** Carry out a command of the protocol. */
async function ask(command, fields = {}) {
  const { ok, result, error } = await socket.timeout(20_000).emitWithAck(command, fields)
  if (!ok) throw new Error(`${command}: ${error.detail}`)
  return result
}

async function findConversation(heads) {
  for (const id of Object.keys(heads)) {
    const { conversation } = await ask('conversations.get_conversation', { conversation_id: id })
    if (conversation.name === channel) return conversation
  }
  throw new Error(`There is no ${channel} among my conversations`)
}

// How far the conversation was heard. What comes twice is dropped; what is missing is asked for.
let position

function hear(update) {
  if (update.seq !== position.seq + 1) return
  position.seq = update.seq
  if (update.type === 'message_posted') {
    console.log(`${update.message.author.display_name}: ${update.message.text}`)
  }
}

async function catchUp() {
  for (let more = true; more; ) {
    const { id, epoch, seq } = position
    const missed = await ask('conversations.catch_up', { positions: { [id]: { epoch, seq } } })
    if (missed.gone.length) throw new Error(`${channel} is no longer a conversation of mine`)
    if (missed.resync.length) {
      // Another history, after a backup was restored: go on from its end.
      position = { id, epoch: missed.heads[id].epoch, seq: missed.heads[id].head }
      return
    }
    missed.updates.forEach(hear)
    more = missed.more
  }
}

function fail(error) {
  console.error(error.message)
  process.exit(1)
}

socket.on('gateway.ready', async (ready) => {
  if (ready.token) auth.token = ready.token // a guest who brings it is the same guest again
  try {
    if (position) return await catchUp()
    const { id, epoch, head } = await findConversation(ready.heads)
    position = { id, epoch, seq: head }
    await catchUp() // what came since `ready` was told
    console.log(`You are in ${channel}; type something`)
    talk()
  } catch (error) {
    fail(error)
  }
})

socket.onAny((name, update) => {
  const isUpdate = name.startsWith('conversations.') && update?.type
  if (!isUpdate || update.conversation_id !== position?.id) return
  if (update.seq > position.seq + 1) catchUp().catch(fail)
  else hear(update)
})

socket.on('connect_error', (error) => {
  // Without data the server is away, and the client tries again by itself.
  if (error.data) fail(error)
})

function talk() {
  const lines = createInterface({ input: process.stdin })
  let said = Promise.resolve()
  lines.on('line', (text) => {
    if (!text.trim()) return
    const fields = { conversation_id: position.id, text }
    said = said
      .then(() => ask('conversations.post_message', fields))
      .catch((error) => console.error(error.message))
  })
  lines.on('close', () => said.then(() => socket.disconnect()))
}
