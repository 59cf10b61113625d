// Many people with the official client write at once: writers.js URL CONVERSATION COUNT TOKENS [transport…]
// All of them send COUNT messages without waiting, hear everything, and one JSON says what they saw.
import { io } from 'socket.io-client'

const [url, conversation, count, tokens, ...transports] = process.argv.slice(2)
const people = tokens.split(',')
const total = people.length * Number(count)

function connect(token) {
  const options = { auth: { token }, forceNew: true, ...(transports.length && { transports }) }
  const socket = io(url, options)
  const writer = { socket, heard: [], acks: [] }
  writer.ready = new Promise((resolve, reject) => {
    socket.on('gateway.ready', resolve)
    socket.on('connect_error', reject)
  })
  writer.done = new Promise((resolve) => {
    socket.on('conversations.message_posted', ({ seq, message }) => {
      writer.heard.push([seq, message.id, message.text])
      if (writer.heard.length === total) resolve()
    })
  })
  return writer
}

async function write({ socket, acks }, name) {
  const sent = Array.from({ length: Number(count) }, (_, n) =>
    socket.emitWithAck('conversations.post_message', {
      conversation_id: conversation,
      text: `${name} ${n}`,
    }),
  )
  for (const { ok, result, error } of await Promise.all(sent)) {
    acks.push(ok ? [result.message.seq, result.message.id, result.message.text] : error.code)
  }
}

const writers = people.map(connect)
await Promise.all(writers.map((writer) => writer.ready))
await Promise.all(writers.map(write))
await Promise.all(writers.map((writer) => writer.done))
// What comes after the last one would be a double.
await Promise.all(
  writers.map(({ socket }) => socket.emitWithAck('conversations.list_conversations', {})),
)
console.log(JSON.stringify(writers.map(({ heard, acks }) => ({ heard, acks }))))
writers.forEach(({ socket }) => socket.disconnect())
