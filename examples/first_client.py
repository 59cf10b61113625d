# Un primer cliente: entra en la plaza sin cuenta, saluda y escucha.
# Antes, en otra terminal: tertulia

import socketio

sio = socketio.Client()


@sio.on("message")
def heard(text):
    print(text)  # cada mensaje llega como "Nombre: texto", el propio también


sio.connect("http://127.0.0.1:8000/ws", socketio_path="ws")  # o la ruta por omisión
sio.send("Hola desde el cliente")
sio.wait()
