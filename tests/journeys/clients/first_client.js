// The ten-line client of the plain lane in Node: first_client.js URL [transport…]
import { io } from 'socket.io-client'

const [url, ...transports] = process.argv.slice(2)
const socket = io(url, transports.length ? { transports } : {})

socket.on('message', (text) => console.log(text))
socket.on('connect', () => socket.send('Hola desde el cliente'))
socket.on('connect_error', (error) => console.log('refused', error.message))
