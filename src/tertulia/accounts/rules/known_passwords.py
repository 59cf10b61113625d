"""What everybody tries first, folded: English and Spanish, and what keyboards suggest.

A password that is one of these, or one with digits and signs around it, is refused.
"""

_WORDS = """
a1b2c3d4 a1b2c3d4e5 aa123456 aaa111 abc123 abc12345 abcd1234 abcdef123 access admin admin123
administrator adminadmin administrador alpha america android angel angela anything apple apollo
arsenal asdasd asdasdasd asdf asdfasdf asdfgh asdfghjkl asdf1234 ashley asshole august austin
babygirl banana barcelona baseball basketball batman beautiful beaver benjamin bigdaddy bigdog
biteme blahblah blessed blink182 bluebird boomer booboo boston brandon brooklyn bubbles buster
butterfly buttercup calendar california camaro canada carolina changeme changeit changethis charlie
charlotte cheese chelsea cherry chester chicago chicken chocolate christ christian christmas
christopher cisco classroom cocacola coffee college compaq computer connect cookie cookies corvette
cowboys cowboy creative cristina crystal cupcake dallas daniel danielle darkness dave december
default defender destiny diamond dolphin dolphins donald dragon dragons drowssap eagles einstein
elephant elizabeth eminem england enter evening everton everyone excalibur explorer facebook faith
falcon family fantasy february ferrari fishing florida flower flowers football forever forgot
formula1 freedom friday friend friends fuckoff fuckyou galaxy games gandalf garfield genesis george
gfhjkm ginger giovanni gizmo godzilla golden goldfish golfer goodluck google gregory guest guitar
hannah happiness happy hardcore harley harrypotter heather hello hello123 hellohello hellokitty
helpme hockey holiday homer honey horse hotmail hunter iceman ihateyou iloveme iloveu iloveyou
iloveyou2 imagine inside insecure internet iphone ironman isabella jackson january jasmine jasper
jennifer jesus jesuschrist jessica jonathan jordan jordan23 joseph joshua junior justice justin
justme killer kimberly kingdom kitten knight lakers lalala lastfm legend letmein letmein1 letmeinnow
leonardo liberty lifehack lightning linkedin liverpool logitech login london lovelove lovely
loveme lover loveyou lucky madison maggie manager manchester marina marlboro marley martin master
matrix matthew maverick maxwell melissa mercedes merlin metallica michael michelle microsoft
midnight minecraft mobile monday money monika monkey monster morgan mother mountain mustang mustang1
myspace nascar natasha naruto network newpass newpassword newyork nicholas nicole nintendo
nirvana nissan nopass nopassword nothing november october office oliver onelove online open
opensesame orange pa55word pa55w0rd p@ssw0rd p@ssword p4ssw0rd p4ssword pass passion passpass
passphrase passport passw0rd passwd password password1 password12 password123 password1234
passwordpassword passwort patricia patrick peaches peanut pepper perfect phoenix photoshop
pineapple please pokemon police porsche power precious prince princess princess1 private
public purple qaz123 qazwsx qazwsx123 qazxsw queen qwaszx qwe123 qweasd qweasdzxc qweqwe qwer1234
qwert qwerty qwerty1 qwerty12 qwerty123 qwertyu qwertyui qwertyuiop qwertz qwertzuiop azerty
azertyuiop rabbit rachel racing raiders rainbow ranger rangers rebecca redsox remember
reset rock rocknroll rockstar rockyou ronaldo root rootroot rosebud runescape rush2112 samantha
samsung sandra sarah saturday scooby scooter scorpion secret secret123 secrets secure security
september serenity service shadow shannon shopping silver simple simpsons single skywalker slipknot
slayer snickers snowball snowman soccer softball somebody something sophie spider spiderman
spongebob sports spring starwars startrek steelers stephanie steven strawberry student stupid success
summer sunday sunflower sunshine superman superstar support swordfish sweetheart system taylor
teacher teamo temp temppass temporal temporary tennis test test123 test1234 testing tester testtest
thailand theone thomas thunder thursday tiffany tigers tigger tinkerbell toor toyota training
trustno1 tuesday tuesday1 turtle twilight twitter unknown user username vampire vanessa vacation
victoria victory viking virginia volleyball warcraft warrior water wednesday welcome welcome1
welcome123 westside whatever whatsapp william windows winner winston winter wisdom wizard wolverine
wonderful work world worldcup wrestling xbox360 yankees yellow youtube zaq12wsx zaq1zaq1 zxcvbn
zxcvbnm zxcasd zxcv1234

abuela abuelo acceso admin1234 adios alejandra alejandro alemania alexander amigo amigos amiga
amistad amor amorcito amoreterno amormio amorosa andalucia andrea angelito aprendiz argentina
atletico azucar barcelona1 barcelona10 barcelonafc barrio bebe bella beethoven betis bienvenida
bienvenido bienvenidos boca bocajuniors bogota bonita bonito buenosaires cambiame cambiar
campeon campeones cariño carino carlos carmen carolina1 casa casablanca catalina cereza chiquita
chiquito chile chivas chocolate1 cielo clase clave clave123 claveclave clavesecreta colegio
colombia colombiano computadora conejito confidencial contra contrasena contraseña contraseñas
contrasena1 contraseña1 corazon corazones corazón cristiano cuaderno daniela david diamante
diosesamor diosmio dulce dulzura elmejor empresa enero entrar escorpio escuela españa espana
esperanza estrella estrellas estudiante familia feliz felicidad fernanda fernando flores francisco
futbol fútbol gabriel gabriela gatito gatitos gracias guadalupe guapa guapo guitarra hermosa
hermoso hermano hermana hola hola123 hola1234 holahola holamundo hombre invierno invitado isabel
javier jesucristo jesusteamo jorge josefina jose juan juanita julieta juventus karina laura
leticia libertad linda lorena loscampeones lunes luna lucero madrid madre maestro maestra manzana
margarita maria mariana mariposa mariposas mascota messi mexico miamor miami miclave micontraseña
micontrasena miercoles mifamilia miguel mimama mipassword miguelito mivida monica montaña mundial
murcielago muñeca muneca music musica música naranja natalia navidad negrita negro nosequeponer
nose noviembre octubre ordenador osito pajaro paloma papamama papito paraiso paraguay parola
pasion patito pelota pequeña perrito perro peru pescado pirata playa preciosa primavera princesa
princesita principe profesor profesora puebla puerta queteimporta realmadrid realmadrid1 reggaeton
ricardo riverplate roberto rosario salsa salvador sanlorenzo santiago santafe sebastian secreta
secreto secreto123 secretos segura seguridad seguro señora septiembre sevilla sinclave siempre
simpatica sistema sol soledad sonrisa teamomucho tequiero tequieromucho tesoro tiamo tigre tigres
todopoderoso tortuga trabajo tranquilo universidad usuario usuario1 valencia valentina vaquero
venezuela verano verdad vicente victoria1 vida viernes viejito yolanda yosoy zapato zaragoza

000000 0000000 00000000 0987654321 098765 101010 10101010 102030 10203040 111111 111222 112233
11223344 1122334455 1212 121212 12121212 123 123123 123123123 12312312 123321 12332112 1234
12341234 12344321 12345 123454321 1234554321 123456 123456a 1234567 12345678 123456789 1234567890
123456789a 123456abc 12345a 12345qwert 123654 123654789 1236987 123698745 1234qwer 123abc 123qwe
123qweasd 131313 135790 13579 1357924680 142536 147258 147258369 147852 147852369 159357 159753
159951 19841984 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 20002000 20202020 212121 222222 22222222
232323 246810 2468101214 252525 258456 262626 282828 314159 31415926 3141592654 321321 321654
321654987 333333 33333333 369258147 369852 420420 444444 44444444 456123 456456 456789 5201314 555555
55555555 654321 66666666 666666 696969 741852 741852963 753951 75395100 77777777 777777 7654321
7777777 789456 789456123 7894561230 789789 852456 87654321 88888888 888888 951753 963852741 963852
987654 98765432 987654321 9876543210 987987 99999999 999999
"""

COMMON = frozenset(_WORDS.split())
