using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Identity.OAuth;

/// <summary>The page where people sign in: plain HTML, no script, nothing from elsewhere.</summary>
internal static class SignInPage
{
    public static Task WriteAsync(HttpContext http, string sealedAsk, string? message, Uri redirect)
    {
        var text = HtmlEncoder.Default;
        http.Response.StatusCode = message is null ? 200 : 401;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; form-action 'self' {redirect.GetLeftPart(UriPartial.Authority)}; base-uri 'none'; frame-ancestors 'none'";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        var said = message is null ? "" : $"<p role=\"alert\">{text.Encode(message)}</p>";
        return http.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>登录 · 康桥</title></head>
            <body><main><h1>登录康桥</h1>{said}
            <form method="post" action="/oauth2/authorize" autocomplete="off">
            <input type="hidden" name="ask" value="{text.Encode(sealedAsk)}">
            <p><label>用户名 <input name="login" autocomplete="username" required maxlength="80"></label></p>
            <p><label>密码 <input name="password" type="password" autocomplete="current-password" required maxlength="128"></label></p>
            <p><label>动态验证码 <input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6"></label></p>
            <p><button>登录</button></p></form>
            <h2>居民手机登录</h2>
            <form method="post" action="/oauth2/authorize" autocomplete="off">
            <input type="hidden" name="ask" value="{text.Encode(sealedAsk)}">
            <p><label>手机号 <input name="phone" inputmode="tel" autocomplete="tel" required maxlength="20"></label></p>
            <p><label>短信验证码 <input name="sms" inputmode="numeric" maxlength="6"></label></p>
            <p><label>姓名（首次登录） <input name="name" autocomplete="name" maxlength="60"></label></p>
            <p><label>居民身份证号（首次登录） <input name="idNumber" maxlength="18"></label></p>
            <p><button name="step" value="send">获取验证码</button> <button name="step" value="in">登录</button></p></form>
            </main></body></html>
            """);
    }
}
