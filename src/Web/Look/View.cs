using Kangqiao.Web.Gate;
using Kangqiao.Web.Speech;
using Microsoft.AspNetCore.Components;

namespace Kangqiao.Web.Look;

/// <summary>A component that is drawn within a visit.</summary>
public abstract class VisitView : ComponentBase
{
    [CascadingParameter]
    public Visit Visit { get; set; } = null!;

    protected Words W => Visit.Words;
}

/// <summary>A page or a part: all it shows is in its model, which was made before.</summary>
public abstract class View<TModel> : VisitView
{
    [Parameter]
    [EditorRequired]
    public TModel Model { get; set; } = default!;
}
