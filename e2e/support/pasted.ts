/** What word processors put on the clipboard, written by hand after what they do: their own lists, their own bold, empty
 * paragraphs for the air, looks everywhere, pictures and a script that nobody asked for. */

const item = (list: number, level: number, sign: string, text: string) =>
  `<p class=MsoListParagraph style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l${list} level${level} lfo1'>` +
  `<![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>` +
  `&nbsp;&nbsp; </span></span><![endif]>${text}<o:p></o:p></p>`;

export const wordDocument = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0cm; color:red} --></style>
<script>document.title = 'pasted';</script></head><body lang=FI style='word-wrap:break-word'><!--StartFragment-->
<p class=MsoTitle>Kokouksen muistio<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoNormal style='color:#C00000;font-size:18.0pt'>Asia on <b>tärkeä</b>, katso <a href="https://seinajoki.fi/">sivu</a>
ja <a href="javascript:alert(1)">tämä</a>.<o:p></o:p></p>
<h2 style='mso-list:none'>Päätökset<o:p></o:p></h2>
${item(0, 1, '·', 'yksi')}
${item(0, 2, 'o', 'sisempi')}
${item(0, 1, '·', 'kaksi')}
<p class=MsoNormal>Järjestys:<o:p></o:p></p>
${item(1, 1, '1.', 'ensin')}
${item(1, 1, '2.', 'sitten')}
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr style='height:20pt'>
<td width=200 valign=top style='width:150pt'><p class=MsoNormal>Ma<o:p></o:p></p></td>
<td width=200 colspan=1><p class=MsoNormal>Ti<o:p></o:p></p></td></tr></table>
<p class=MsoNormal><img width=64 height=64 src="https://elsewhere.invalid/picture.png" onerror="document.title='x'"></p>
<!--EndFragment--></body></html>`;

export const googleDocument = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1a2b3c4d">
<h1 dir="ltr" style="line-height:1.38;margin-top:20pt;"><span style="font-size:20pt;font-weight:400;">Suunnitelma</span></h1>
<p dir="ltr" style="line-height:1.38;"><span style="font-weight:400;color:#ff0000;">Teksti, jossa on </span><span
style="font-weight:700;">lihava</span><span style="font-weight:400;"> ja </span><span
style="font-weight:400;font-style:italic;">vino</span><span style="font-weight:400;"> sana.</span></p><br />
<ul style="margin-top:0;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span
style="font-weight:400;">ulompi</span></p></li><ul><li dir="ltr" style="list-style-type:circle;" aria-level="2"><p dir="ltr"
role="presentation"><span style="font-weight:400;">sisempi</span></p></li></ul></ul></b>`;
