// A signed-in person with the official client: person.js URL TOKEN CONVERSATION [transport…]
// Posts each line of its input, and prints acknowledgements and updates as JSON, one a line.
import { createInterface } from 'node:readline'
import { io } from 'socket.io-client'

const [url, token, conversation, ...transports] = process.argv.slice(2)
const socket = io(url, { auth: { token }, ...(transports.length && { transports }) })
const print = (name, data) => console.log(JSON.stringify([name, data]))

socket.onAny((name, data) => print(name, data))
socket.on('connect', () => print('transport', socket.io.engine.transport.name))
socket.on('connect_error', (error) => print('connect_error', { message: error.message, data: error.data }))

createInterface({ input: process.stdin }).on('line', async (text) => {
  const fields = { conversation_id: conversation, text }
  print('ack', await socket.emitWithAck('conversations.post_message', fields))
})
