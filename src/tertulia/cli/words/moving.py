"""What `tertulia move` says, and why it does not go on."""

EN = {
    "name.place": "PLACE",
    "help.move": (
        "Carry all data from a data folder to PostgreSQL, or back.\n\n"
        "Processes may run: they take no changes meanwhile. The history stays the same, so clients go on."
        " At the end the old side takes no changes any more."
    ),
    "help.move.to": "postgresql://owner:password@host/database, or a folder.",
    "help.move.from": "The same; the data folder unless given.",
    "help.move.undo": "Let data that has moved away be used again; everybody signs in anew.",
    "move.which": "either --to or --undo",
    "move.done": "{rows} rows in {tables} tables are the same on both sides. The receipt is {file}",
    "move.to_database": "Stop the server, set TERTULIA_DATABASE to {target} with its password, and start it.",
    "move.to_folder": "Stop all processes, and start one on {target} without TERTULIA_DATABASE.",
    "move.undone": "This data takes changes again.",
    "start.moved": (
        "the data in {source} has moved elsewhere: set TERTULIA_DATABASE, or let this data be used again"
        " with tertulia move --undo"
    ),
    "start.moving": "{source} is being moved elsewhere",
    "start.move_used": "there is data in {target} already: nothing is overwritten",
    "start.move_behind": "the tables in {source} are of an older version: run tertulia migrate first",
    "start.move_differs": "{table} is not the same on both sides: nothing was moved",
    "start.move_nul": "there is a text with U+0000 in {where}, which PostgreSQL cannot hold",
}

ES = {
    "name.place": "LUGAR",
    "help.move": (
        "Lleva todos los datos de una carpeta a PostgreSQL, o al revés.\n\n"
        "Los procesos pueden funcionar: entretanto no admiten cambios. La historia sigue siendo la misma,"
        " y los clientes siguen con ella. Al final el lado antiguo ya no admite cambios."
    ),
    "help.move.to": "postgresql://propietario:clave@máquina/base, o una carpeta.",
    "help.move.from": "Lo mismo; si falta, la carpeta de los datos.",
    "help.move.undo": "Deja usar otra vez datos que se mudaron; todo el mundo vuelve a entrar.",
    "move.which": "o --to o --undo",
    "move.done": "{rows} filas en {tables} tablas son iguales en los dos lados. El recibo es {file}",
    "move.to_database": "Para el servidor, pon TERTULIA_DATABASE en {target} con su clave y arráncalo.",
    "move.to_folder": "Para todos los procesos y arranca uno sobre {target} sin TERTULIA_DATABASE.",
    "move.undone": "Estos datos vuelven a admitir cambios.",
    "start.moved": (
        "los datos de {source} se han mudado: pon TERTULIA_DATABASE, o deja usar estos otra vez con"
        " tertulia move --undo"
    ),
    "start.moving": "{source} se está mudando",
    "start.move_used": "en {target} ya hay datos: no se sobrescribe nada",
    "start.move_behind": "las tablas de {source} son de una versión anterior: antes, tertulia migrate",
    "start.move_differs": "{table} no es igual en los dos lados: no se ha mudado nada",
    "start.move_nul": "en {where} hay un texto con U+0000, que PostgreSQL no puede guardar",
}
