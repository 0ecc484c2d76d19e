System.Console.WriteLine("kangqiao"); return 0;
