set a=power
for /l %%i in (1,1,3) do (echo %%i>>%TEMP%\x.txt)
if "%a:~0,2%"=="po" call :s %a%
exit /b
:s
%1shell -nop
