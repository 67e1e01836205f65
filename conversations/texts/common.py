"""Words that say nothing about a subject: dropped where texts are compared. Folded, as `words.fold` leaves them.

English, French, German, and the pairs that Korean endings and question words leave behind.
"""

_ENGLISH = """
a about above after again against all also am an and any are as at be because been before being below between both but
by can could did do does doing down during each few for from further had has have having he her here hers herself him
himself his how i if in into is it its itself just kind many me might more most much must my myself no nor not now of
off on once only or other our ours ourselves out over own please s same shall she should so some such t than that the
their theirs them themselves then there these they this those through to too under until up upon us very was we were
what when where whether which while who long get gets got whom whose why will with would you your yours yourself
yourselves tell explain describe give ll ve re don doesn didn isn aren wasn weren
"""
_FRENCH = """
au aux avec ce ces cette cet dans de des du elle elles en et eux il ils je la le les leur leurs lui ma mais me meme mes
moi mon ne nos notre nous on ou par pas pour qu que quel quelle quelles quels qui sa se ses son sur ta te tes toi ton tu
un une vos votre vous c d j l m n s t y est sont etait etaient etre ete ai as ont avait avoir fait faire comment combien
quand pourquoi dont cela ca si plus tres comme sans sous entre puis peut peuvent doit quoi ainsi
pendant faut doivent dois peux pouvez puisse celui celle ceux celles donc vers lors lorsque afin
"""
_GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei bin bis bist da damit dann das
dass dasselbe dazu dein deine dem den denn der des dessen die dies diese diesem diesen dieser dieses doch dort du
durch ein eine einem einen einer eines er es etwas euch euer fur gegen hab habe haben hat hatte hatten hier hin hinter
ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ist ja jede jedem jeden jeder jedes kann kein keine konnen konnte
mein meine mich mir mit muss mussen nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner
sich sie sind so solche soll sollte sondern sonst uber um und uns unser unter viel vom von vor war waren warum was weg
weil welche welchem welchen welcher welches wenn wer werde werden wie wieder wieviel lange will wir wird wo wurde
wurden zu zum zur zwar zwischen gibt lautet
"""
_KOREAN = """
그 이 저 것 수 등 및 더 때 한 할 하 고 나 너 는 은 이 가 을 를 의 에 도 로 와 과
니다 습니 입니 합니 됩니 있습 없습 하는 하고 하여 해서 하면 이다 이며 있는 있다 있고 에서 에게 으로 까지 부터 에는 에도
라고 라는 되는 되어 된다 한다 그리 리고 그러 하지 지만 대해 대한 무엇 언제 어디 누가 누구 얼마 어떤 어떻 떻게 인가 가요
나요 까요 인지 하나 세요 해요 주세 니까 습니까 입니까
"""
SMALL = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split()), "de": frozenset(_GERMAN.split())}
COMMON = frozenset(f"{_ENGLISH} {_FRENCH} {_GERMAN} {_KOREAN}".split())
